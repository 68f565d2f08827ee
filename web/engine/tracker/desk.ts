import type { Signal } from "@preact/signals-core";
import { parseApiStatus } from "#shared/announce/parse-tracker-api.ts";
import { browserClock } from "../browser-clock.ts";
import type { Account, TrackerDesk } from "../client.ts";
import type { Running } from "../running.ts";
import { saveBlob } from "../save-blob.ts";
import { ask, requestSender, type SendRequest } from "./ask.ts";
import { LiveAccounts } from "./live-accounts.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { readPublications } from "./publications.ts";

/** What the tracker that serves this page offers. Keeps `account` up to date; `warn` shows a sentence to the person. */
export async function openDesk(
  { torrents, config, kept, reconnect }: Running,
  account: Signal<Account>,
  warn: (sentence: string) => void,
): Promise<TrackerDesk> {
  const request = requestSender(location.href);
  // A session may end anywhere: in another tab, on another device, or because an administrator bans the person.
  const send: SendRequest = async (wanted) => {
    const response = await request(wanted);
    if (response.status === 401 && wanted.path !== "/me" && account.value.state === "member")
      void accounts.look();
    return response;
  };
  const database = kept?.database;
  const publications = database === undefined ? [] : await readPublications(database).catch(() => []);
  const accounts = new LiveAccounts(send, account, config.accounts?.isRegistrationOpen ?? false, reconnect);
  if (config.accounts !== undefined) void accounts.look();
  return {
    catalog: new LiveCatalog({
      send,
      clock: browserClock,
      database,
      publications,
      metadataOf: (key) => torrents.metadataOf(key),
      saveBlob,
      warn,
    }),
    accounts,
    trustPage: config.trust ? "/trust" : undefined,
    status: () => ask(send, { method: "GET", path: "/status" }, parseApiStatus),
  };
}
