import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { MOST_PEERS } from "./choice-bounds.ts";
import type {
  Account,
  Arrival,
  Client,
  Entry,
  EntryKey,
  Notice,
  PickedFile,
  SharedTorrent,
  TorrentElsewhere,
} from "./client.ts";
import { loaded } from "./load-later.ts";
import { loadDownloads, loadRest } from "./load-rest.ts";
import { newNotices } from "./notices.ts";
import { deskOpener, nearbyOpener } from "./openers.ts";
import type { Running } from "./running.ts";
import { openSettings } from "./settings.ts";
import { start } from "./start.ts";
import type { Torrents } from "./torrents.ts";
import { onUncaught } from "./uncaught.ts";

/** Time between two drawings of the list while the page works on something in it. */
const REFRESH_MILLIS = 250;

const browserStorage = (): Storage => localStorage;

/** Plain http has no WebCrypto either. */
const canEncrypt = globalThis.isSecureContext;

/** The real client. */
export function createLiveClient(): Client {
  const entries = signal<readonly Entry[]>([]);
  const account = signal<Account>({ state: "none" });
  const told = { ready: signal(false), hasCatalog: signal(false), hasNearby: signal(false) };
  const { notices, say, warn, excuse, explain, tellOfBug, reportBug, dismiss } = newNotices();
  onUncaught(tellOfBug);
  const { settings, changeSettings } = openSettings(browserStorage, (text) => say("info", text));
  const starting = start(settings, { say, warn, excuse, reportBug });
  const tracker = deskOpener(starting, account, entries, (sentence) => {
    const id = warn(sentence);
    return () => dismiss(id);
  });
  const started = starting.then((running) => {
    const refresh = drawer(running, entries);
    refresh();
    told.hasCatalog.value = running.config.catalog;
    told.hasNearby.value = running.config.nearby;
    told.ready.value = true;
    loadRest();
    if (running.config.accounts !== undefined) {
      account.value = { state: "unknown" };
      tracker().catch(excuse);
    }
    return { ...running, refresh };
  });
  // A page that cannot start shows itself all the same, and says why.
  started.catch((error: unknown) => {
    excuse(error, true);
    told.ready.value = true;
  });
  const attempt = (deed: Deed): Promise<void> =>
    started.then(async ({ torrents, refresh }) => {
      const done = deed(torrents);
      refresh();
      await done;
      refresh();
    });
  const act = (deed: Deed): void => void attempt(deed).catch(excuse);
  const share = sharer(attempt, say, excuse);
  const links = linkActions(attempt, say, excuse, explain);

  return {
    entries,
    notices,
    account,
    ...told,
    settings,
    canSaveToFolder: typeof window.showDirectoryPicker === "function",
    ...{ canEncrypt, mostPeers: MOST_PEERS, daemon: undefined },
    share: (files) => share(files, canEncrypt && settings.value.encrypts),
    ...links,
    ...otherTabs(started, entries, act),
    addTorrentFile: (file) =>
      act(async (torrents) => {
        const warnings = await torrents.addTorrentFile(file);
        if (warnings.length > 0) say("info", `${file.name} was opened. Please note: ${warnings.join(" ")}`);
      }),
    tryNow: () => void starting.then(({ tryNow }) => tryNow()).catch(() => {}),
    ...saveActions(act),
    ...fileActions(act, started),
    ...entryActions(act),
    ...explainedActions(attempt, explain),
    ...looks(starting, excuse),
    dismissNotice: dismiss,
    changeSettings,
    tracker,
    nearby: nearbyOpener(starting, settings, (files) => share(files, false), act),
  };
}

async function readArrivals(excuse: (error: unknown) => void): Promise<readonly Arrival[]> {
  try {
    const { waitingArrivals } = await loaded(import("./arrivals.ts"));
    return await waitingArrivals();
  } catch (error) {
    excuse(error);
    return [];
  }
}

/** Asks for what a person sees only once it is opened. */
function looks(
  starting: Promise<Running>,
  excuse: (error: unknown) => void,
): Pick<Client, "events" | "pieces" | "speeds" | "arrivals" | "storageUse"> {
  const look = <Value>(ask: (torrents: Torrents) => Promise<Value>, otherwise: Value): Promise<Value> =>
    starting
      .then(({ torrents }) => ask(torrents))
      .catch((error) => {
        excuse(error);
        return otherwise;
      });
  return {
    arrivals: () => readArrivals(excuse),
    events: (key, after) => look((torrents) => torrents.events(key, after), []),
    pieces: (key) => look((torrents) => torrents.pieces(key), undefined),
    speeds: (key) => look((torrents) => torrents.speeds(key), undefined),
    storageUse: () => look((torrents) => torrents.storageUse(), undefined),
  };
}

type Deed = (torrents: Torrents) => Promise<void> | void;

/** Draws the list now, when the engine has news, and while a file is hashed or saved. */
function drawer({ torrents, doctor, watch }: Running, entries: Signal<readonly Entry[]>): () => void {
  let timer: number | undefined;
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = doctor.look(torrents.entries());
    const before = entries.value;
    if (now.length !== before.length || now.some((entry, at) => entry !== before[at])) entries.value = now;
    const wait = now.some(isAtWork) ? REFRESH_MILLIS : doctor.nextIn();
    if (wait !== undefined) timer = window.setTimeout(draw, wait);
  };
  watch(draw);
  return draw;
}

/** Whether the page itself works on it. The engine tells of everything else. */
function isAtWork(entry: Entry): boolean {
  return entry.state === "hashing" || entry.saving !== undefined;
}

/** What is done with single files of a torrent. */
function fileActions(
  act: Parameters<typeof saveActions>[0],
  started: Promise<{ readonly torrents: Torrents }>,
): Pick<Client, "chooseFiles" | "bytesOfFiles" | "readFile" | "play" | "saveFile"> {
  return {
    chooseFiles: (key, choice) => act((torrents) => torrents.files.choose(key, choice)),
    bytesOfFiles: (key) => started.then(({ torrents }) => torrents.files.bytes(key)).catch(() => undefined),
    readFile: (key, index) =>
      started.then(({ torrents }) => torrents.files.read(key, index)).catch(() => undefined),
    play: (key, index) =>
      started
        .then(({ torrents }) => torrents.files.play(key, index))
        .catch(() => ({ state: "not", why: "not-readable" })),
    saveFile: (key, index) => act((torrents) => torrents.files.saveOne(key, index)),
  };
}

/** What is done with a whole torrent. */
function entryActions(
  act: (deed: Deed) => void,
): Pick<
  Client,
  | "pause"
  | "resume"
  | "endLink"
  | "remove"
  | "changeControls"
  | "removeTracker"
  | "continueSharing"
  | "supplyFiles"
> {
  return {
    pause: (key) => act((torrents) => torrents.pause(key)),
    resume: (key) => act((torrents) => torrents.resume(key)),
    endLink: (key) => act((torrents) => torrents.endLink(key)),
    remove: (key, deleteData) => act((torrents) => torrents.remove(key, deleteData)),
    changeControls: (key, change) => act((torrents) => torrents.changeControls(key, change)),
    removeTracker: (key, url) => act((torrents) => torrents.removeTracker(key, url)),
    continueSharing: (key) => act((torrents) => torrents.continueSharing(key)),
    supplyFiles: (key, files) => act((torrents) => torrents.supplyFiles(key, files)),
  };
}

/** What can fail, and then says why. */
function explainedActions(
  attempt: (deed: Deed) => Promise<void>,
  explain: (error: unknown) => string | undefined,
): Pick<Client, "addTracker" | "freeStorage"> {
  const problem = (deed: Deed): Promise<string | undefined> => attempt(deed).then(() => undefined, explain);
  return {
    addTracker: (key, address) => problem((torrents) => torrents.addTracker(key, address)),
    freeStorage: (storageIds) => problem((torrents) => torrents.freeStorage(storageIds)),
  };
}

/** Loads the code that talks to the other tabs once the page is ready. Without that code this tab stands alone. */
function otherTabs(
  started: Promise<Running>,
  entries: ReadonlySignal<readonly Entry[]>,
  act: (deed: Deed) => void,
): Pick<Client, "elsewhere" | "openHere"> {
  const elsewhere = signal<readonly TorrentElsewhere[]>([]);
  const follow = async (running: Running): Promise<void> => {
    const code = await import("./tabs/follow.ts").catch(() => undefined);
    await code?.followOtherTabs(running, entries, elsewhere);
  };
  started.then(follow, () => {}); // What failed has been said.
  return {
    elsewhere,
    openHere: (infoHash) => {
      const name = elsewhere.value.find((torrent) => torrent.infoHash === infoHash)?.name;
      act((torrents) => torrents.openHere(infoHash, name));
    },
  };
}

/** Loads the code that saves once somebody does. */
function saveActions(
  act: (deed: (torrents: Torrents) => Promise<void>) => void,
): Pick<Client, "save" | "saveToFolder" | "saveTorrentFile"> {
  return {
    saveTorrentFile: (key) => act((torrents) => torrents.files.saveTorrentFile(key)),
    save: (key) =>
      act(async (torrents) => {
        const { saveTorrent } = await loaded(import("./save.ts"));
        await torrents.files.saveAll(key, saveTorrent);
      }),
    // The picker opens only during the click.
    saveToFolder: (key: EntryKey) => {
      const folder = window.showDirectoryPicker?.({ mode: "readwrite" });
      if (folder === undefined) return;
      act(async (torrents) => {
        const root = await folder;
        const { saveFolder } = await loaded(import("./save.ts"));
        await torrents.files.saveAll(key, (content, progress) => saveFolder(root, content, progress));
      });
    },
  };
}

/** Shares files, and says why if it cannot. */
function sharer(
  attempt: (deed: Deed) => Promise<void>,
  say: (kind: "info", text: string) => void,
  excuse: (error: unknown) => void,
): (files: readonly PickedFile[], encrypts: boolean) => Promise<SharedTorrent | undefined> {
  return async (files, encrypts) => {
    let shared: SharedTorrent | undefined;
    const deed: Deed = async (torrents) => {
      shared = await torrents.share(files, encrypts, say);
    };
    await attempt(deed).catch(excuse);
    return shared;
  };
}

/** Loads the code that reads links once there is one. */
function linkActions(
  attempt: (deed: Deed) => Promise<void>,
  say: (kind: Notice["kind"], text: string) => void,
  excuse: (error: unknown) => void,
  explain: (error: unknown) => string | undefined,
): Pick<Client, "addLink" | "addTyped" | "addPasted" | "infoHashesIn"> {
  const add = (text: string): Promise<void> =>
    attempt(async (torrents) => {
      for (const sentence of await torrents.addLink(text)) say("info", sentence);
    });
  const addLink = (text: string): void => void add(text).catch(excuse);
  return {
    addLink,
    addTyped: (text) => add(text).then(() => undefined, explain),
    async addPasted(text) {
      try {
        const { holdsLink } = await loadDownloads();
        if (!holdsLink(text)) return false;
        addLink(text);
      } catch (error) {
        excuse(error);
      }
      return true;
    },
    infoHashesIn: (text) =>
      loadDownloads()
        .then(({ torrentsInText }) => torrentsInText(text).torrents.map(({ infoHash }) => infoHash))
        .catch(() => []),
  };
}
