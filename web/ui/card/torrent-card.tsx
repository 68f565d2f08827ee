import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Entry, EntryKey } from "../../engine/client.ts";
import type { CardActions } from "./card-actions.tsx";
import { CardRow } from "./card-row.tsx";
import { type CardView, cardView } from "./card-view.ts";
import { WholeCard } from "./whole-card.tsx";

interface TorrentCardProps {
  readonly entry: Entry;
  /** The page asks the person to log in. */
  readonly isGuest: boolean;
  /** It was added since the page was opened. */
  readonly isFresh: boolean;
  readonly actions: CardActions;
  /** `line`: on one line. `expanded`: a card among lines. */
  readonly look: "card" | "line" | "expanded";
  readonly isSelected: boolean;
  readonly rows: RowActions;
}

/** What can be done to the rows of a compact list. */
export interface RowActions {
  readonly select: (key: EntryKey, isSelected: boolean) => void;
  readonly expand: (key: EntryKey, isExpanded: boolean) => void;
}

/** One entry of the list. It is redrawn only if something that it shows has changed. */
export function TorrentCard({ entry, isGuest, isFresh, actions, look, isSelected, rows }: TorrentCardProps) {
  const { key } = entry;
  const article = useRef<HTMLElement>(null);
  // Somebody who adds a torrent sees it, and its link as soon as there is one.
  useEffect(() => {
    if (isFresh) article.current?.scrollIntoView({ block: "nearest" });
  }, [isFresh, entry.state === "hashing"]);
  const turned = useRef(false);
  const turn = (isExpanded: boolean): void => {
    turned.current = true;
    rows.expand(key, isExpanded);
  };
  // The button that turned the line into a card, or back, went with it.
  useLayoutEffect(() => {
    if (turned.current) article.current?.querySelector<HTMLElement>(".turn")?.focus();
    turned.current = false;
  }, [look]);
  const view = useStable(cardView(entry, isGuest));
  const line = useMemo(
    () =>
      look === "line" && (
        <CardRow
          {...{ view, actions, isSelected }}
          onSelect={(picked) => rows.select(key, picked)}
          onExpand={() => turn(true)}
        />
      ),
    [view, actions, look, isSelected, rows],
  );
  const onLess = useMemo(() => (look === "expanded" ? () => turn(false) : undefined), [look, rows, key]);
  return (
    <article
      ref={article}
      class={look}
      data-state={entry.state}
      data-infohash={view.infoHash}
      aria-labelledby={`title-${view.key}`}
    >
      {line || <WholeCard {...{ entry, view, isFresh, actions, onLess }} />}
    </article>
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
