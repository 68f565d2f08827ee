import { UsageError } from "#shared/base/errors.ts";
import type { ListedTorrent, TorrentListJson } from "#shared/daemon/daemon-api.ts";
import type { DaemonClient } from "./daemon-client.ts";

/** The torrents that a person names, or all of them. Rejects with a `UsageError` for none, or for both. */
export async function chosenTorrents(
  client: DaemonClient,
  names: readonly string[],
  isAll: boolean,
): Promise<readonly ListedTorrent[]> {
  if (isAll === names.length > 0)
    throw new UsageError("whichTorrents", "Name the torrents, or pass --all. tabswarm list shows them.");
  if (!isAll) return client.named(names);
  return (await client.ask<TorrentListJson>("GET", "/api/torrents")).items;
}
