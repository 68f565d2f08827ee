import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Client, Entry, EntryKey } from "../../engine/client.ts";
import { isOwn, type TorrentEntry } from "../card/card-view.ts";
import { clearAddress } from "../clear-address.ts";
import { Icon, type IconName } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import { RemoveSeveral } from "./remove-several.tsx";

interface ListDeedsProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
  readonly selected: ReadonlySet<EntryKey>;
  readonly onSelectNone: () => void;
}

/** What can be done to all torrents at once, or to those that are selected. Only what changes something is offered. */
export function ListDeeds({ client, entries, selected, onSelectNone }: ListDeedsProps) {
  const [asking, setAsking] = useState<"selected" | "finished" | undefined>();
  const torrents = entries.filter(isTorrent);
  const chosen = torrents.filter(({ key }) => selected.has(key));
  const touched = chosen.length > 0 ? chosen : torrents;
  const running = touched.filter(isRunning);
  const stopped = touched.filter(isStopped);
  const finished = torrents.filter(isFinished);
  const doomed = asking === "finished" ? finished : chosen;

  const remove = (deleteData: boolean): void => {
    document.getElementById("list-title")?.focus(); // The rows that had the focus disappear.
    for (const { key, infoHash } of doomed) {
      void clearAddress((link) => client.infoHashesIn(link), infoHash);
      client.remove(key, deleteData);
    }
    setAsking(undefined);
    onSelectNone();
  };
  const isAll = chosen.length === 0;
  return (
    <>
      {!isAll && <strong role="status">{texts.list.selected(chosen.length)}</strong>}
      {running.length > 0 && (
        <Deed icon="pause" onClick={() => each(running, client.pause)}>
          {isAll ? texts.list.pauseAll : texts.card.pause}
        </Deed>
      )}
      {stopped.length > 0 && (
        <Deed icon="play" onClick={() => each(stopped, client.resume)}>
          {isAll ? texts.list.resumeAll : texts.card.resume}
        </Deed>
      )}
      {isAll && finished.length > 0 && (
        <Deed icon="check" onClick={() => setAsking("finished")}>
          {texts.list.clearFinished}
        </Deed>
      )}
      {!isAll && (
        <>
          <Deed icon="close" onClick={() => setAsking("selected")}>
            {texts.card.remove}
          </Deed>
          <Deed onClick={onSelectNone}>{texts.list.selectNone}</Deed>
        </>
      )}
      {asking !== undefined && doomed.length > 0 && (
        <RemoveSeveral
          client={client}
          entries={doomed}
          isClearing={asking === "finished"}
          onRemove={remove}
          onCancel={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

interface DeedProps {
  readonly icon?: IconName;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

function Deed({ icon, onClick, children }: DeedProps) {
  return (
    <button type="button" class="button quiet" onClick={onClick}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

function each(torrents: readonly TorrentEntry[], act: (key: EntryKey) => void): void {
  for (const { key } of torrents) act(key);
}

function isTorrent(entry: Entry): entry is TorrentEntry {
  return entry.state !== "hashing";
}

function isRunning({ state }: TorrentEntry): boolean {
  return state === "metadata" || state === "checking" || state === "downloading" || state === "seeding";
}

/** A download that waits for its own button is not started among others. */
function isStopped({ state, waitsBecause }: TorrentEntry): boolean {
  return (state === "paused" && waitsBecause === undefined) || state === "error";
}

/** Complete downloads that the person has saved: the browser's copy serves only others now. */
function isFinished(entry: TorrentEntry): boolean {
  return entry.canSave && entry.isSaved && !isOwn(entry);
}
