import { signal } from "@preact/signals-core";
import type { TorrentChangeJson } from "#shared/daemon/daemon-api.ts";
import type { Client, DaemonDesk, EntryKey } from "../client.ts";
import { newNotices } from "../notices.ts";
import { onUncaught } from "../uncaught.ts";
import { daemonAdding } from "./adding.ts";
import { DaemonApi } from "./daemon-api.ts";
import { DaemonFiles } from "./files.ts";
import { Follower } from "./follow.ts";
import { Heard } from "./heard.ts";
import { type AllLimits, limitsChange, MOST_PEERS, parseAllLimits } from "./limits.ts";
import { DaemonLooks } from "./looks.ts";
import { daemonSettings } from "./settings.ts";
import { keepToken, keptToken, type TokenPlace, takeToken, tokenIn } from "./token.ts";
import type { DaemonTorrents } from "./torrents.ts";

/** The page of a daemon: it shows and controls what the daemon at its address has. */
export function createDaemonClient(): Client & { readonly daemon: DaemonDesk } {
  const { notices, say, explain, excuse, tellOfBug, reportBug, dismiss } = newNotices();
  onUncaught(tellOfBug);
  const place: TokenPlace = { session: () => sessionStorage, location, history };
  let token = takeToken(place) ?? keptToken(place);
  const api = new DaemonApi(location.origin, () => token);
  const limits = signal<AllLimits>({ mostUp: undefined, mostDown: undefined, maxPeers: undefined });
  const heard = new Heard(limits, reportBug);
  const follower = new Follower(api, () => token !== undefined, heard);
  follower.reach.subscribe(({ state }) => state === "locked" && heard.lock());
  const takeOver = (fresh: string): void => {
    token = fresh;
    follower.again();
  };
  // Before the page looks at its address: a token is no link.
  window.addEventListener("hashchange", () => {
    const fresh = takeToken(place);
    if (fresh !== undefined) takeOver(fresh);
  });
  for (const event of ["online", "pageshow"]) window.addEventListener(event, () => follower.tryNow());
  follower.run().catch(reportBug);

  const { torrents } = heard;
  const { sharePath, ...adding } = daemonAdding({ api, say, explain, excuse });
  const change = (key: EntryKey, wanted: TorrentChangeJson): Promise<void> =>
    changeTorrent(api, torrents, key, wanted);
  const act = (deed: Promise<unknown>): void => void deed.catch(excuse);
  const looks = new DaemonLooks(api, torrents);
  const files = new DaemonFiles(api, torrents);
  return {
    ...NOTHING_HERE,
    ...{ entries: heard.entries, ready: heard.ready, notices, dismissNotice: dismiss },
    ...daemonSettings(
      limits,
      (text) => say("info", text),
      (body) =>
        act(
          api.ask({ method: "PATCH", path: "/limits", body }).then((now) => {
            limits.value = parseAllLimits(now);
          }),
        ),
    ),
    ...adding,
    ...deeds(api, torrents, change, act, explain),
    ...{ pieces: looks.pieces, bytesOfFiles: looks.bytesOfFiles },
    ...{ play: files.play, readFile: files.readFile },
    saveFile: (key, index) => act(files.saveFile(key, index)),
    saveTorrentFile: (key) => act(looks.saveTorrentFile(key)),
    events: async (key, after) => heard.events(key, after),
    speeds: async (key) => heard.speeds(key),
    tryNow: () => follower.tryNow(),
    daemon: {
      reach: follower.reach,
      sharePath,
      unlock(typed) {
        const fresh = tokenIn(typed);
        if (fresh === undefined) return false;
        keepToken(place.session, fresh);
        takeOver(fresh);
        return true;
      },
    },
  };
}

/** What a person does to torrents. */
function deeds(
  api: DaemonApi,
  torrents: DaemonTorrents,
  change: (key: EntryKey, wanted: TorrentChangeJson) => Promise<void>,
  act: (deed: Promise<unknown>) => void,
  explain: (error: unknown) => string | undefined,
): Pick<
  Client,
  | "pause"
  | "resume"
  | "endLink"
  | "remove"
  | "chooseFiles"
  | "addTracker"
  | "removeTracker"
  | "changeControls"
> {
  return {
    pause: (key) => act(change(key, { isPaused: true })),
    resume: (key) => act(change(key, { isPaused: false })),
    endLink: (key) => act(change(key, { isPaused: true })),
    remove(key, deleteData) {
      const entry = torrents.find(key);
      if (entry === undefined) return;
      act(api.ask({ method: "DELETE", path: `/torrents/${entry.infoHash}?deleteData=${deleteData}` }));
    },
    chooseFiles(key, { selectedFiles, firstFiles }) {
      if (selectedFiles?.length !== 0) act(change(key, { selectedFiles: selectedFiles ?? null, firstFiles }));
    },
    addTracker: (key, address) => change(key, { addTrackers: [address] }).then(() => undefined, explain),
    removeTracker: (key, url) => act(change(key, { removeTrackers: [url] })),
    changeControls(key, wanted) {
      const entry = torrents.find(key);
      const limits = entry === undefined ? {} : limitsChange(entry.controls, wanted);
      if (Object.keys(limits).length > 0) act(change(key, { limits }));
    },
  };
}

async function changeTorrent(
  api: DaemonApi,
  torrents: DaemonTorrents,
  key: EntryKey,
  body: TorrentChangeJson,
): Promise<void> {
  const entry = torrents.find(key);
  if (entry !== undefined) await api.ask({ method: "PATCH", path: `/torrents/${entry.infoHash}`, body });
}

const nobody = async (): Promise<undefined> => undefined;

/** What a page has whose own browser holds the torrents. */
const NOTHING_HERE = {
  elsewhere: signal([]),
  ...{ hasCatalog: signal(false), hasNearby: signal(false), account: signal({ state: "none" } as const) },
  ...{ canSaveToFolder: false, canEncrypt: false, mostPeers: MOST_PEERS },
  ...{ openHere: () => {}, save: () => {}, saveToFolder: () => {} },
  ...{ continueSharing: () => {}, supplyFiles: () => {}, arrivals: async () => [] },
  ...{ storageUse: nobody, freeStorage: nobody },
  tracker: () => Promise.reject(new Error("a daemon has no desk of a tracker")),
  nearby: () => Promise.reject(new Error("a daemon finds nobody nearby")),
} satisfies Partial<Client>;
