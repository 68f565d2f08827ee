import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Client, Entry, EntryKey } from "../../engine/client.ts";
import type { CardActions } from "../card/card-actions.tsx";
import { type RowActions, TorrentCard } from "../card/torrent-card.tsx";
import { later } from "../later.tsx";
import { useSignalValue } from "../signal-value.ts";
import { pageTexts } from "../texts/page-texts.ts";
import { texts } from "../texts/texts.ts";
import { Elsewhere, onlyElsewhere } from "./elsewhere.tsx";
import { ListDeeds } from "./list-deeds.tsx";
import { WHOLE_LIST, wantedEntries } from "./list-order.ts";
import { ListTools } from "./list-tools.tsx";
import { TotalRates } from "./total-rates.tsx";

/**
 * With more torrents than this the list has its tools, and is compact until the person says otherwise: cards would fill many
 * screens. With fewer, nobody searches, sorts or selects.
 */
const MAX_CARDS = 5;

const LoginPanel = later(async () => (await import("../views/login-panel.tsx")).loadLoginPanel());

interface TorrentListProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
  /** The stored list has been read. */
  readonly isReady: boolean;
  readonly actions: CardActions;
  /** No view is open in its place. */
  readonly isShown: boolean;
}

/** All torrents of this tab, newest first, and those of others. */
export function TorrentList({ client, entries, isReady, actions, isShown }: TorrentListProps) {
  const isGuest = useSignalValue(client.account).state === "guest";
  const [isCompact, setCompact] = useState<boolean | undefined>();
  const [wish, setWish] = useState(WHOLE_LIST);
  const [selected, setSelected] = useState<ReadonlySet<EntryKey>>(new Set());
  const isFresh = useFresh(entries, isReady);
  const { expanded, setExpanded } = useExpanded(entries, isFresh);
  const rows = useMemo(
    (): RowActions => ({
      select: (key, isSelected) => setSelected((keys) => changed(keys, key, isSelected)),
      expand: (key, isExpanded) => setExpanded((keys) => changed(keys, key, isExpanded)),
    }),
    [],
  );
  const isRows = isCompact ?? entries.length > MAX_CARDS;
  const elsewhere = onlyElsewhere(useSignalValue(client.elsewhere), entries);
  const shown = wantedEntries(entries, wish);
  const isEmpty = isReady && entries.length === 0;
  const hasTools = !isEmpty && entries.length + elsewhere.length > MAX_CARDS;
  const showRows = (compact: boolean): void => {
    setCompact(compact);
    setExpanded(new Set());
    setSelected(new Set());
  };
  return (
    <section class="list" aria-labelledby="list-title" hidden={isEmpty && elsewhere.length === 0}>
      <div class="list-head" hidden={isEmpty}>
        <h2 id="list-title" tabIndex={-1}>
          {pageTexts.yourFiles}
        </h2>
        <TotalRates entries={entries} />
      </div>
      {isGuest && entries.length > 0 && isShown && <LoginPanel client={client} />}
      {hasTools && (
        <ListTools wish={wish} onWish={setWish} isRows={isRows} onRows={showRows}>
          <ListDeeds {...{ client, entries, selected }} onSelectNone={() => setSelected(new Set())} />
        </ListTools>
      )}
      {shown.length === 0 && !isEmpty && (
        <p class="row" role="status">
          {texts.list.nothingMatches}
          <button type="button" class="button quiet" onClick={() => setWish(WHOLE_LIST)}>
            {texts.list.showAll}
          </button>
        </p>
      )}
      <div class={isRows ? "torrents rows" : "torrents"}>
        {shown.map((entry) => (
          <TorrentCard
            key={entry.key}
            {...{ entry, isGuest, actions, rows }}
            isFresh={isFresh(entry)}
            look={isRows ? (expanded.has(entry.key) ? "expanded" : "line") : "card"}
            isSelected={selected.has(entry.key)}
          />
        ))}
      </div>
      <Elsewhere {...{ client, entries }} torrents={elsewhere} wish={hasTools ? wish : WHOLE_LIST} />
    </section>
  );
}

/** Whether an entry was added since the page was opened, instead of restored. */
function useFresh(entries: readonly Entry[], isReady: boolean): (entry: Entry) => boolean {
  const restored = useRef<ReadonlySet<EntryKey> | undefined>(undefined);
  if (isReady) restored.current ??= new Set(entries.map(({ key }) => key));
  return ({ key }) => restored.current?.has(key) === false;
}

/** The rows that show everything. The newest does if it has just been added, as the person waits for its link or its data. */
function useExpanded(entries: readonly Entry[], isFresh: (entry: Entry) => boolean) {
  const [expanded, setExpanded] = useState<ReadonlySet<EntryKey>>(new Set());
  const [newest] = entries;
  const fresh = newest !== undefined && isFresh(newest) ? newest.key : undefined;
  useEffect(() => {
    if (fresh !== undefined) setExpanded(new Set([fresh]));
  }, [fresh]);
  return { expanded, setExpanded };
}

function changed(keys: ReadonlySet<EntryKey>, key: EntryKey, isIn: boolean): ReadonlySet<EntryKey> {
  const copy = new Set(keys);
  if (isIn) copy.add(key);
  else copy.delete(key);
  return copy;
}
