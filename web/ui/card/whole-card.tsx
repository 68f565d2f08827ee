import { useEffect, useMemo, useState } from "preact/hooks";
import type { Entry } from "../../engine/client.ts";
import { MAX_TEXT_BYTES } from "../files/text-bounds.ts";
import { Icon } from "../icons.tsx";
import { later } from "../later.tsx";
import { type CardActions, CardButtons } from "./card-actions.tsx";
import { CardHead } from "./card-head.tsx";
import { CardLinks } from "./card-links.tsx";
import type { CardView } from "./card-view.ts";
import { TroubleNote } from "./trouble-note.tsx";

const Publish = later(async () => (await import("../views/publish.tsx")).loadPublish());
const Receivers = later(async () => (await import("./receivers.tsx")).Receivers);
const NoticeChoice = later(async () => (await import("../tab/notice-choice.tsx")).NoticeChoice);
const PlayMain = later(async () => (await import("../files/play-button.tsx")).PlayMain);
const Files = later(async () => (await import("../files/files-panel.tsx")).FilesPanel);
const ShownText = later(async () => (await import("../text/shown-text.tsx")).ShownText);
const Details = later(async () => (await import("../details/details.tsx")).Details);

interface WholeCardProps {
  readonly entry: Entry;
  /** The same object as long as nothing in it changes. */
  readonly view: CardView;
  readonly isFresh: boolean;
  readonly actions: CardActions;
  /** Makes a line of it again. Undefined: it is no line. */
  readonly onLess: (() => void) | undefined;
}

/** Everything about a torrent. Each part is redrawn only if something that it shows has changed. */
export function WholeCard({ entry, view, isFresh, actions, onLess }: WholeCardProps) {
  const [open, setOpen] = useState(false);
  // Fetched now, as the page's server may be gone when they are opened. What fails is tried again then.
  useEffect(() => {
    Details.prepare();
    Receivers.prepare();
    ShownText.prepare();
  }, []);
  const torrent = entry.state !== "hashing" && view.hasReceivers ? entry.torrent : undefined;
  const head = useMemo(() => <CardHead view={view} />, [view]);
  const receivers = useMemo(
    () => torrent && <Receivers torrent={torrent} titleId={`title-${view.key}`} />,
    [torrent, view.key, view.language],
  );
  const body = useMemo(
    () => <CardBody {...{ view, isFresh, actions, open, onLess }} onToggle={() => setOpen(!open)} />,
    [view, isFresh, actions, open, onLess],
  );
  const isHere = actions.client.daemon === undefined;
  const text = isHere && isShort(entry, view) && (
    <ShownText
      key={view.infoHash}
      client={actions.client}
      entryKey={view.key}
      titleId={`title-${view.key}`}
      isOwn={view.isOwn}
    />
  );
  return (
    <>
      {head}
      {!view.isOwn && text}
      {receivers}
      {body}
      {view.isOwn && text}
      <div class="row extras">
        {entry.state !== "hashing" && view.needs === undefined && entry.torrent.pieceCount > 0 && (
          <PlayMain client={actions.client} entryKey={entry.key} torrent={entry.torrent} />
        )}
        {isHere && entry.state === "downloading" && <NoticeChoice client={actions.client} />}
        {isHere && entry.state !== "hashing" && view.lock === undefined && entry.torrent.pieceCount > 0 && (
          <Publish client={actions.client} entryKey={entry.key} infoHash={entry.infoHash} />
        )}
      </div>
      {view.start !== undefined && entry.state !== "hashing" && entry.torrent.files.length > 1 && !open && (
        <Files
          {...{ client: actions.client, entryKey: view.key, torrent: entry.torrent, canChoose: true }}
          labelledBy={`title-${view.key}`}
        />
      )}
      {open && entry.state !== "hashing" && (
        <Details
          id={`details-${view.key}`}
          torrent={entry.torrent}
          client={actions.client}
          entryKey={view.key}
          canChoose={!view.isOwn}
          canEnd={isHere && view.isOwn && entry.stoppedBecause === undefined}
          controls={entry.controls}
          listed={entry.trackers}
        />
      )}
    </>
  );
}

/** It may be a text, which stands on the card as soon as it is here. */
function isShort(entry: Entry, view: CardView): boolean {
  const isHere = view.canSave || (view.isOwn && view.needs === undefined);
  return (
    isHere &&
    entry.state !== "hashing" &&
    entry.torrent.files.length === 1 &&
    entry.torrent.files.every(({ bytes }) => bytes <= MAX_TEXT_BYTES)
  );
}

interface CardBodyProps extends Pick<WholeCardProps, "view" | "isFresh" | "actions" | "onLess"> {
  readonly open: boolean;
  readonly onToggle: () => void;
}

function CardBody({ view, isFresh, actions, open, onToggle, onLess }: CardBodyProps) {
  // The person sends the link of their own files, but starts, saves or pauses a download.
  const links = <CardLinks key="links" view={view} isFresh={isFresh} actions={actions} />;
  return (
    <>
      {view.trouble !== undefined ? (
        <TroubleNote view={view} actions={actions} />
      ) : (
        !view.hasReceivers && <p class="sentence">{view.sentence}</p>
      )}
      {view.warning !== undefined && (
        <p class="warning">
          <Icon name="warning" />
          {view.warning}
        </p>
      )}
      {view.isOwn && links}
      <CardButtons view={view} actions={actions} open={open} onToggle={onToggle} onLess={onLess} />
      {!view.isOwn && links}
    </>
  );
}
