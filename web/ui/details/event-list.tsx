import { useEffect, useRef, useState } from "preact/hooks";
import type { LinkId } from "#shared/base/ids.ts";
import type { PeerView } from "#shared/session/view.ts";
import type { LoggedEvent } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { eventSentence, eventTime } from "./event-texts.ts";

/** As many as the engine keeps of a torrent. */
const MAX_SHOWN = 200;

interface EventListProps {
  /** The events after the one with this number, the oldest first. */
  readonly load: (after: number) => Promise<readonly LoggedEvent[]>;
  /** A new object whenever there may be more events. */
  readonly news: object;
  /** Those who are connected. */
  readonly peers: readonly PeerView[];
  readonly labelledBy: string;
}

/** What happened, in words, the newest first. */
export function EventList({ load, news, peers, labelledBy }: EventListProps) {
  const events = useEvents(load, news);
  if (events === undefined) return null;
  if (events.length === 0) return <p class="note">{texts.log.none}</p>;
  const now = new Date();
  const known = knownPeers(events, peers);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard. */}
      <section class="scroll events" aria-labelledby={labelledBy} tabIndex={0}>
        <ol reversed>
          {events.map(({ number, at, what }) => (
            <li key={number}>
              <time dateTime={new Date(at).toISOString()}>{eventTime(at, now)}</time>
              <span>{eventSentence(what, known)}</span>
            </li>
          ))}
        </ol>
      </section>
      <p class="note">{texts.log.newestFirst}</p>
    </>
  );
}

/** What we know of each peer by now: a link opens before the other side has said what it is. */
function knownPeers(
  events: readonly LoggedEvent[],
  peers: readonly PeerView[],
): ReadonlyMap<LinkId, PeerView> {
  const closed = events.flatMap(({ what }) => (what.type === "linkClosed" ? [what.peer] : []));
  return new Map([...closed, ...peers].map((peer) => [peer.link, peer]));
}

/** The events so far, the newest first. Undefined: not loaded yet. */
function useEvents(load: EventListProps["load"], news: object): readonly LoggedEvent[] | undefined {
  const [events, setEvents] = useState<readonly LoggedEvent[]>();
  const known = useRef<readonly LoggedEvent[]>([]);
  const asking = useRef<Promise<void>>(Promise.resolve());
  useEffect(() => {
    let isStale = false;
    // One request after another, so that no event comes twice.
    asking.current = asking.current.then(async () => {
      if (isStale) return;
      const fresh = await load(known.current[0]?.number ?? 0);
      if (fresh.length > 0) known.current = [...fresh.toReversed(), ...known.current].slice(0, MAX_SHOWN);
      setEvents(known.current);
    });
    return () => {
      isStale = true;
    };
  }, [news]);
  return events;
}
