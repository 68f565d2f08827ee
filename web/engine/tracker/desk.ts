import type { ReadonlySignal, Signal } from "@preact/signals-core";
import { parseApiStatus } from "#shared/announce/parse-tracker-api.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { browserClock } from "../browser-clock.ts";
import type { Account, Entry, TrackerDesk } from "../client.ts";
import { loadPageConfig, ownTracker } from "../page-config.ts";
import type { Running } from "../running.ts";
import { saveBlob } from "../save-blob.ts";
import { ask, requestSender, type SendRequest } from "./ask.ts";
import { LiveAccounts } from "./live-accounts.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { readPublications } from "./publications.ts";

/** By this name the tabs of a browser tell each other that somebody has logged in or out. */
const CHANNEL = "tabswarm.account";

const SESSION_ENDED = "You are no longer logged in. Log in again, and your files go on by themselves.";

/**
 * What the tracker that serves this page offers. Keeps `account` up to date; `warn` shows a sentence to the person and returns what
 * takes it away again.
 * `entries` is the list, which the tracker may refuse.
 */
export async function openDesk(
  { torrents, config, kept, reconnect }: Running,
  account: Signal<Account>,
  entries: ReadonlySignal<readonly Entry[]>,
  warn: (sentence: string) => () => void,
): Promise<TrackerDesk> {
  const request = requestSender(location.href);
  // A session may end anywhere: on another device, by its age, or because an administrator bans the person.
  let withdraw = (): void => {};
  const lookAgain = async (): Promise<void> => {
    if (account.value.state === "member" && (await accounts.look())) withdraw = warn(SESSION_ENDED);
  };
  account.subscribe(({ state }) => state === "member" && withdraw());
  const send: SendRequest = async (wanted) => {
    const response = await request(wanted);
    if (response.status === 401 && wanted.path !== "/me") void lookAgain();
    return response;
  };
  const publications = kept === undefined ? [] : await readPublications(kept.database).catch(() => []);
  const otherTabs = new BroadcastChannel(CHANNEL);
  const accounts = new LiveAccounts({
    send,
    clock: browserClock,
    account,
    isRegistrationOpen: config.accounts?.isRegistrationOpen ?? false,
    askRegistration: async () => (await loadPageConfig(location)).accounts?.isRegistrationOpen,
    changed: () => {
      reconnect();
      otherTabs.postMessage(undefined);
    },
  });
  if (config.accounts !== undefined) {
    void accounts.look();
    otherTabs.onmessage = () => void accounts.look();
    watchRefusals(entries, lookAgain);
  }
  return {
    catalog: new LiveCatalog({
      send,
      clock: browserClock,
      get database() {
        return kept?.database;
      },
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

/** Calls `refused` when this page's own tracker refuses a torrent that it did not refuse before. */
function watchRefusals(entries: ReadonlySignal<readonly Entry[]>, refused: () => void): void {
  const own = ownTracker(location);
  let before = 0;
  entries.subscribe((list) => {
    const count = list.filter((entry) => isRefused(entry, own)).length;
    if (count > before) refused();
    before = count;
  });
}

function isRefused(entry: Entry, tracker: TrackerUrl): boolean {
  if (entry.state === "hashing") return false;
  return entry.torrent.trackers.some(({ url, state }) => url === tracker && state === "refused");
}
