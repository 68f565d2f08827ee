import { useRef } from "preact/hooks";
import type { Client, Entry, EntryKey } from "../engine/client.ts";
import type { CardActions } from "./card/card-actions.tsx";
import { later } from "./later.tsx";
import { TotalRates } from "./page-parts.tsx";
import { useSignalValue } from "./signal-value.ts";

const LoginPanel = later(async () => (await import("./views/login-panel.tsx")).loadLoginPanel());
const TorrentCard = later(async () => (await import("./card/torrent-card.tsx")).TorrentCard);

// Fetched at once, beside the tracker's configuration: it is here before the stored list has been read.
TorrentCard.prepare();

interface TorrentListProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
  /** The stored list has been read. */
  readonly isReady: boolean;
  readonly actions: CardActions;
  /** No view is open in its place. */
  readonly isShown: boolean;
}

/** All torrents of this tab, newest first. */
export function TorrentList({ client, entries, isReady, actions, isShown }: TorrentListProps) {
  const isFresh = useFresh(entries, isReady);
  const isGuest = useSignalValue(client.account).state === "guest";
  const isEmpty = isReady && entries.length === 0;
  return (
    <section class="list" aria-labelledby="list-title" hidden={isEmpty}>
      <div class="list-head">
        <h2 id="list-title" tabIndex={-1}>
          Your files
        </h2>
        <TotalRates entries={entries} />
      </div>
      {isGuest && !isEmpty && isShown && <LoginPanel client={client} />}
      {entries.map((entry) => (
        <TorrentCard
          key={entry.key}
          entry={entry}
          isGuest={isGuest}
          isFresh={isFresh(entry)}
          actions={actions}
        />
      ))}
    </section>
  );
}

/** Whether an entry was added since the page was opened, instead of restored. */
function useFresh(entries: readonly Entry[], isReady: boolean): (entry: Entry) => boolean {
  const restored = useRef<ReadonlySet<EntryKey> | undefined>(undefined);
  if (isReady) restored.current ??= new Set(entries.map(({ key }) => key));
  return ({ key }) => restored.current?.has(key) === false;
}
