import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client, Entry, EntryKey, PickedFile } from "../engine/client.ts";
import { type CardView, cardView } from "./card-view.ts";
import { Icon, type IconName } from "./icons.tsx";
import { later } from "./later.tsx";
import { LinkBox } from "./link-box.tsx";
import { PickControl } from "./pick-control.tsx";

/** The actions of a card's buttons. */
export interface CardActions {
  readonly pause: (key: EntryKey) => void;
  readonly resume: (key: EntryKey) => void;
  readonly remove: (key: EntryKey) => void;
  readonly save: (key: EntryKey) => void;
  /** Undefined: this browser cannot write into a folder. */
  readonly saveToFolder: ((key: EntryKey) => void) | undefined;
  readonly continueSharing: (key: EntryKey) => void;
  readonly supplyFiles: (key: EntryKey, files: Promise<readonly PickedFile[]>) => void;
  /** For publishing. */
  readonly client: Client;
}

interface TorrentCardProps {
  readonly entry: Entry;
  /** The page asks the person to log in. */
  readonly isGuest: boolean;
  readonly actions: CardActions;
}

const STATE_ICONS: Record<Entry["state"], IconName> = {
  hashing: "dots",
  metadata: "search",
  checking: "check",
  downloading: "download",
  seeding: "upload",
  "needs-file": "key",
  paused: "pause",
  error: "warning",
};

const Publish = later(async () => (await import("./views/publish.tsx")).loadPublish());
const Details = later(async () => (await import("./details.tsx")).Details);

/** One entry of the list. It is redrawn only if something that it shows has changed. */
export function TorrentCard({ entry, isGuest, actions }: TorrentCardProps) {
  const [open, setOpen] = useState(false);
  // Fetched now, as the page's server may be gone when they are opened. What fails is tried again then.
  useEffect(Details.prepare, []);
  const view = useStable(cardView(entry, isGuest));
  const body = useMemo(
    () => <CardBody view={view} actions={actions} open={open} onToggle={() => setOpen(!open)} />,
    [view, actions, open],
  );
  return (
    <article data-state={entry.state} data-infohash={view.infoHash} aria-labelledby={`title-${view.key}`}>
      {body}
      {entry.state !== "hashing" && entry.torrent.pieceCount > 0 && (
        <Publish client={actions.client} entryKey={entry.key} infoHash={entry.infoHash} />
      )}
      {open && entry.state !== "hashing" && <Details id={`details-${view.key}`} torrent={entry.torrent} />}
    </article>
  );
}

interface CardBodyProps {
  readonly view: CardView;
  readonly actions: CardActions;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function CardBody({ view, actions, open, onToggle }: CardBodyProps) {
  const titleId = `title-${view.key}`;
  return (
    <>
      <div
        class="progress"
        role="progressbar"
        aria-labelledby={titleId}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={view.percent}
        style={{ "--done": view.percent / 100 }}
      >
        <div />
      </div>
      <header>
        <span class="sign">
          <Icon name={STATE_ICONS[view.state]} />
        </span>
        <div class="heading">
          <h3 id={titleId} title={view.title}>
            {view.title}
          </h3>
          <p class="facts">
            <strong>{view.stateText}</strong>
            {view.facts.split(" · ").map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
        </div>
        <span class="percent" aria-hidden="true">
          {view.percent}
          <small>%</small>
        </span>
      </header>
      <p class="sentence">{view.sentence}</p>
      {view.warning !== undefined && (
        <p class="warning">
          <Icon name="warning" />
          {view.warning}
        </p>
      )}
      <Links view={view} titleId={titleId} />
      <Buttons view={view} actions={actions} open={open} onToggle={onToggle} />
    </>
  );
}

function Links({ view, titleId }: { readonly view: CardView; readonly titleId: string }) {
  if (view.shareLink === undefined || view.magnetLink === undefined) return null;
  return (
    // People save a download but send the link of their own file, so only then does the link stand out.
    <div class={view.state === "seeding" && !view.canSave ? "links featured" : "links"}>
      <LinkBox label="Share link" button="Copy link" value={view.shareLink} describedBy={titleId} />
      <LinkBox label="Magnet link" button="Copy magnet" value={view.magnetLink} describedBy={titleId} />
      {view.linkNote !== undefined && <p class="hint">{view.linkNote}</p>}
    </div>
  );
}

function Buttons({ view, actions, open, onToggle }: CardBodyProps) {
  const { key, needs, savingPercent } = view;
  const named = { type: "button", "aria-describedby": `title-${key}` } as const;
  return (
    <div class="actions row">
      {needs === "permission" && (
        <button {...named} class="button strong" onClick={() => actions.continueSharing(key)}>
          <Icon name="key" />
          Continue sharing
        </button>
      )}
      {needs === "files" && <SelectAgain view={view} actions={actions} />}
      {view.canSave && (
        <button
          {...named}
          class="button strong"
          disabled={savingPercent !== undefined}
          onClick={() => actions.save(key)}
        >
          <Icon name="download" />
          {view.fileCount > 1 ? "Save all" : "Save"}
        </button>
      )}
      {view.canSave && actions.saveToFolder !== undefined && savingPercent === undefined && (
        <button {...named} class="button" onClick={() => actions.saveToFolder?.(key)}>
          <Icon name="folder" />
          Save to folder
        </button>
      )}
      <span class="saving" role="status">
        {savingPercent !== undefined && `Saving, ${savingPercent}%`}
      </span>
      {view.canPause && (
        <button {...named} class="button" onClick={() => actions.pause(key)}>
          <Icon name="pause" />
          Pause
        </button>
      )}
      {view.canResume && (
        <button {...named} class="button strong" onClick={() => actions.resume(key)}>
          <Icon name="play" />
          Resume
        </button>
      )}
      <span class="row more">
        {view.state !== "hashing" && (
          <button
            {...named}
            class="button quiet"
            aria-expanded={open}
            aria-controls={`details-${key}`}
            onClick={onToggle}
          >
            <Icon name="chevron" />
            Details
          </button>
        )}
        <button {...named} class="button quiet" onClick={() => actions.remove(key)}>
          <Icon name="close" />
          Remove
        </button>
      </span>
    </div>
  );
}

/** The person may have chosen several files or a folder, and knows which. */
function SelectAgain({ view, actions }: { readonly view: CardView; readonly actions: CardActions }) {
  const supply = (files: Promise<readonly PickedFile[]>): void => actions.supplyFiles(view.key, files);
  if (view.fileCount <= 1) {
    return (
      <PickControl label="Select the file again" icon="file" kind="files" class="strong" onPick={supply} />
    );
  }
  return (
    <>
      <PickControl
        label="Select the folder again"
        icon="folder"
        kind="folder"
        class="strong"
        onPick={supply}
      />
      <PickControl label="Select the files again" icon="file" kind="files" onPick={supply} />
    </>
  );
}

/** Returns the previous object as long as all its values are the same. */
function useStable(view: CardView): CardView {
  const last = useRef(view);
  if (!equalViews(last.current, view)) last.current = view;
  return last.current;
}

function equalViews(left: CardView, right: CardView): boolean {
  const before = Object.values(left);
  return Object.values(right).every((value, at) => value === before[at]);
}
