import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { formatRate, formatShare } from "../format.ts";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import { leftWithEverything, unlinkedWithEverything } from "./card-view.ts";
import { receiverName } from "./receiver-texts.ts";

/** More make the card longer than a phone's screen, and nobody follows as many. */
export const MAX_RECEIVERS_SHOWN = 6;

interface ReceiversProps {
  readonly torrent: TorrentView;
  /** The element that names the torrent. */
  readonly titleId: string;
}

/** The receipt: who gets the person's files, how far they are, and who has everything. How many have left is said beside the link. */
export function Receivers({ torrent, titleId }: ReceiversProps) {
  const rows = [...torrent.peers, ...[...torrent.finishedPeers].reverse()];
  const done =
    leftWithEverything(torrent) === 0 ? texts.receivers.hasEverything : texts.receivers.gotEverything;
  return (
    <div class="receivers">
      {rows.length > 0 && (
        <ul aria-label={texts.receivers.title} aria-describedby={titleId}>
          {rows.slice(0, MAX_RECEIVERS_SHOWN).map((peer) => (
            <Receiver
              key={peer.link}
              peer={peer}
              done={torrent.peers.includes(peer) ? texts.receivers.hasEverything : done}
            />
          ))}
        </ul>
      )}
      {rows.length > MAX_RECEIVERS_SHOWN && (
        <p>{texts.receivers.andMore(rows.length - MAX_RECEIVERS_SHOWN)}</p>
      )}
      {unlinkedWithEverything(torrent) > torrent.finishedPeers.length && (
        <p>{texts.receivers.gotItInAll(torrent.finishedInAll)}</p>
      )}
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
      <bdi class="receiver">{receiverName(peer)}</bdi>
      {isDone ? (
        <span class="done">
          <Icon name="check" />
          {done}
        </span>
      ) : (
        <span class="pace">
          {peer.upBytesPerSecond > 0 && <span dir="auto">↑ {formatRate(peer.upBytesPerSecond)}</span>}
          <strong>{formatShare(peer.progress, 1)}</strong>
        </span>
      )}
      <div class="bar" style={{ "--done": peer.progress }} />
    </li>
  );
}
