import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { formatRate, wholePercent } from "../format.ts";
import { Icon } from "../icons.tsx";
import { leftWithEverything } from "./card-view.ts";
import * as texts from "./receiver-texts.ts";

/** More make the card longer than a phone's screen, and nobody follows as many. */
export const MAX_RECEIVERS_SHOWN = 6;

interface ReceiversProps {
  readonly torrent: TorrentView;
  /** The element that names the torrent. */
  readonly titleId: string;
}

/** The receipt: who gets the person's files, how far they are, and who has everything. */
export function Receivers({ torrent, titleId }: ReceiversProps) {
  const left = leftWithEverything(torrent);
  const haveLeft = left > 0 && left === torrent.finishedPeers.length;
  const finished = haveLeft ? [] : [...torrent.finishedPeers].reverse();
  const rows = [...torrent.peers, ...finished];
  const done = left === 0 ? texts.HAS_EVERYTHING : texts.GOT_EVERYTHING;
  return (
    <div class="receivers">
      {rows.length > 0 && (
        <ul aria-label={texts.RECEIVERS} aria-describedby={titleId}>
          {rows.slice(0, MAX_RECEIVERS_SHOWN).map((peer) => (
            <Receiver
              key={peer.link}
              peer={peer}
              done={torrent.peers.includes(peer) ? texts.HAS_EVERYTHING : done}
            />
          ))}
        </ul>
      )}
      {rows.length > MAX_RECEIVERS_SHOWN && <p>{texts.andMore(rows.length - MAX_RECEIVERS_SHOWN)}</p>}
      {left > 0 && <p>{texts.hadItAndLeft(left, haveLeft)}</p>}
    </div>
  );
}

interface ReceiverProps {
  readonly peer: PeerView;
  /** What to say once it has everything. */
  readonly done: string;
}

function Receiver({ peer, done }: ReceiverProps) {
  const isDone = peer.progress === 1;
  return (
    <li data-done={isDone}>
      <span class="receiver">{texts.receiverName(peer)}</span>
      {isDone ? (
        <span class="done">
          <Icon name="check" />
          {done}
        </span>
      ) : (
        <span class="pace">
          {peer.upBytesPerSecond > 0 && <span>↑ {formatRate(peer.upBytesPerSecond)}</span>}
          <strong>{wholePercent(peer.progress, 1)}%</strong>
        </span>
      )}
      <div class="bar" style={{ "--done": peer.progress }} />
    </li>
  );
}
