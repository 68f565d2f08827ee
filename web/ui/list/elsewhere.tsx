import { useEffect, useState } from "preact/hooks";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Client, Entry, TorrentElsewhere } from "../../engine/client.ts";
import { ICONS, stageIn } from "../card/card-view.ts";
import { FileName } from "../file-name.tsx";
import { formatBytes, formatRate, formatShare } from "../format.ts";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import { type ListWish, wantedElsewhere } from "./list-order.ts";

interface ElsewhereProps {
  readonly client: Client;
  /** Those that this tab has not. */
  readonly torrents: readonly TorrentElsewhere[];
  readonly entries: readonly Entry[];
  readonly wish: ListWish;
}

/** What other tabs of this browser have: each on a line, below this tab's own list. */
export function Elsewhere({ client, torrents, entries, wish }: ElsewhereProps) {
  const open = useOpening(client, entries);
  const shown = wantedElsewhere(torrents, wish);
  if (shown.length === 0) return null;
  return (
    <section class="elsewhere" aria-labelledby="elsewhere-title">
      <h2 id="elsewhere-title">{texts.list.elsewhere}</h2>
      <p>{texts.list.elsewhereHint}</p>
      <ul>
        {shown.map((torrent) => (
          <Line key={torrent.infoHash} torrent={torrent} onOpen={() => open(torrent.infoHash)} />
        ))}
      </ul>
    </section>
  );
}

/** Torrents of other tabs that this tab has not. */
export function onlyElsewhere(
  elsewhere: readonly TorrentElsewhere[],
  entries: readonly Entry[],
): readonly TorrentElsewhere[] {
  if (elsewhere.length === 0) return elsewhere;
  const here = new Set(entries.map((entry) => (entry.state === "hashing" ? undefined : entry.infoHash)));
  return elsewhere.filter(({ infoHash }) => !here.has(infoHash));
}

function Line({ torrent, onOpen }: { readonly torrent: TorrentElsewhere; readonly onOpen: () => void }) {
  const titleId = `elsewhere-${torrent.infoHash}`;
  const stage = stageIn(torrent.state, torrent.isOwn, torrent.isWaiting);
  return (
    <li>
      <span class="sign">
        <Icon name={ICONS[stage]} />
      </span>
      <span id={titleId} class="name">
        <FileName name={torrent.name} />
      </span>
      <span class="facts">
        <strong>{texts.card.states[stage]}</strong>
        {[...factsOf(torrent), texts.list.inAnotherTab].map((fact) => (
          <bdi key={fact}> {fact}</bdi>
        ))}
      </span>
      <button type="button" class="button quiet" aria-describedby={titleId} onClick={onOpen}>
        {texts.list.openHere}
      </button>
    </li>
  );
}

/** How far it is, and how fast or how large. None while nobody knows its size. */
function factsOf(torrent: TorrentElsewhere): readonly string[] {
  const { bytesDone, bytesTotal, downBytesPerSecond, upBytesPerSecond } = torrent;
  if (bytesTotal === 0) return [];
  const far = bytesDone < bytesTotal ? [formatShare(bytesDone, bytesTotal)] : [];
  if (downBytesPerSecond > 0) return [...far, `↓ ${formatRate(downBytesPerSecond)}`];
  if (upBytesPerSecond > 0) return [...far, `↑ ${formatRate(upBytesPerSecond)}`];
  return [...far, formatBytes(bytesTotal)];
}

/** Opens a torrent here. Its line goes then, so the focus moves to the list that it joins. */
function useOpening(client: Client, entries: readonly Entry[]): (infoHash: InfoHash) => void {
  const [opening, setOpening] = useState<InfoHash | undefined>();
  const isHere = entries.some((entry) => entry.state !== "hashing" && entry.infoHash === opening);
  useEffect(() => {
    if (!isHere) return;
    setOpening(undefined);
    document.getElementById("list-title")?.focus();
  }, [isHere]);
  return (infoHash) => {
    setOpening(infoHash);
    client.openHere(infoHash);
  };
}
