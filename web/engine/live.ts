import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { freshIceServers } from "#shared/driver/ice-servers.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import type {
  Account,
  Arrival,
  Client,
  Entry,
  EntryKey,
  Notice,
  PickedFile,
  Settings,
  TrackerDesk,
} from "./client.ts";
import { openDatabase } from "./database.ts";
import { loaded } from "./load-later.ts";
import { loadDownloads, loadRest } from "./load-rest.ts";
import { newNotices } from "./notices.ts";
import { withOwnServer } from "./own-ice-server.ts";
import { loadPageConfig, ownTracker } from "./page-config.ts";
import { browserRandom, hasRtc } from "./platform.ts";
import type { Running } from "./running.ts";
import { openSettings } from "./settings.ts";
import { openTab } from "./tab.ts";
import { TorrentLinks } from "./torrent-links.ts";
import type { Kept } from "./torrent-list.ts";
import { Torrents } from "./torrents.ts";
import { startOnPage, startWorker } from "./worker/engine-line.ts";
import { PageEngine } from "./worker/page-engine.ts";

/** Time between two drawings of the list while the page works on something in it. */
const REFRESH_MILLIS = 250;

const NO_WEBRTC =
  "This browser has no WebRTC, or it is turned off, so it cannot connect to anybody. Use a current Chrome, Edge, Firefox or Safari.";

const browserStorage = (): Storage => localStorage;

/** The real client. */
export function createLiveClient(): Client {
  const entries = signal<readonly Entry[]>([]);
  const account = signal<Account>({ state: "none" });
  const hasCatalog = signal(false);
  const { notices, say, warn, excuse, explain, reportBug, dismiss } = newNotices();
  const ready = signal(false);
  const { settings, changeSettings } = openSettings(browserStorage, (text) => say("info", text));
  const starting = start(warn, excuse, reportBug, settings);
  const tracker = deskOpener(starting, account, entries, (sentence) => {
    const id = warn(sentence);
    return () => dismiss(id);
  });
  const started = starting.then((running) => {
    const refresh = drawer(running, entries);
    refresh();
    hasCatalog.value = running.config.catalog;
    ready.value = true;
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
    ready.value = true;
  });
  const attempt = (deed: Deed): Promise<void> =>
    started.then(async ({ torrents, refresh }) => {
      const done = deed(torrents);
      refresh();
      await done;
      refresh();
    });
  const act = (deed: Deed): void => void attempt(deed).catch(excuse);

  return {
    entries,
    notices,
    ready,
    account,
    hasCatalog,
    settings,
    canSaveToFolder: typeof window.showDirectoryPicker === "function",
    share: (files: readonly PickedFile[]) => act((torrents) => torrents.share(files, say)),
    ...linkActions(attempt, say, excuse, explain),
    addTorrentFile: (file) =>
      act(async (torrents) => {
        const warnings = await torrents.addTorrentFile(file);
        if (warnings.length > 0) say("info", `${file.name}: ${warnings.join(" ")}`);
      }),
    pause: (key) => act((torrents) => torrents.pause(key)),
    resume: (key) => act((torrents) => torrents.resume(key)),
    remove: (key, deleteData) => act((torrents) => torrents.remove(key, deleteData)),
    ...saveActions(act),
    ...fileActions(act, started),
    saveTorrentFile: (key) => act((torrents) => torrents.saveTorrentFile(key)),
    continueSharing: (key) => act((torrents) => torrents.continueSharing(key)),
    supplyFiles: (key, files) => act((torrents) => torrents.supplyFiles(key, files)),
    ...looks(starting, excuse),
    dismissNotice: dismiss,
    changeSettings,
    tracker,
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
): Pick<Client, "events" | "pieces" | "arrivals"> {
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
  };
}

type Deed = (torrents: Torrents) => Promise<void> | void;

/** Draws the list now, when the engine has news, and while a file is hashed or saved. */
function drawer({ torrents, watch }: Running, entries: Signal<readonly Entry[]>): () => void {
  let timer: number | undefined;
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = torrents.entries();
    const before = entries.value;
    if (now.length !== before.length || now.some((entry, at) => entry !== before[at])) entries.value = now;
    if (now.some(isAtWork)) timer = window.setTimeout(draw, REFRESH_MILLIS);
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
): Pick<Client, "chooseFiles" | "bytesOfFiles" | "readFile" | "saveFile"> {
  return {
    chooseFiles: (key, choice) => act((torrents) => torrents.chooseFiles(key, choice)),
    bytesOfFiles: (key) => started.then(({ torrents }) => torrents.bytesOfFiles(key)).catch(() => undefined),
    readFile: (key, index) =>
      started.then(({ torrents }) => torrents.readFile(key, index)).catch(() => undefined),
    saveFile: (key, index) => act((torrents) => torrents.saveFile(key, index)),
  };
}

/** Loads the code that saves once somebody does. */
function saveActions(
  act: (deed: (torrents: Torrents) => Promise<void>) => void,
): Pick<Client, "save" | "saveToFolder"> {
  return {
    save: (key) =>
      act(async (torrents) => {
        const { saveTorrent } = await loaded(import("./save.ts"));
        await torrents.save(key, saveTorrent);
      }),
    // The picker opens only during the click.
    saveToFolder: (key: EntryKey) => {
      const folder = window.showDirectoryPicker?.({ mode: "readwrite" });
      if (folder === undefined) return;
      act(async (torrents) => {
        const root = await folder;
        const { saveFolder } = await loaded(import("./save.ts"));
        await torrents.save(key, (content, progress) => saveFolder(root, content, progress));
      });
    },
  };
}

/** Loads the code that talks to the tracker's API once it is needed. */
function deskOpener(
  starting: Promise<Running>,
  account: Signal<Account>,
  entries: Signal<readonly Entry[]>,
  warn: (sentence: string) => () => void,
): Client["tracker"] {
  let desk: Promise<TrackerDesk> | undefined;
  return () => {
    desk ??= starting.then(async (running) => {
      const { openDesk } = await loaded(import("./tracker/desk.ts"));
      return openDesk(running, account, entries, warn);
    });
    desk.catch(() => {
      desk = undefined; // The next call tries again.
    });
    return desk;
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
    addPasted: (text) => {
      loadDownloads()
        .then(({ holdsLink }) => holdsLink(text) && addLink(text))
        .catch(excuse);
    },
    infoHashesIn: (text) =>
      loadDownloads()
        .then(({ torrentsInText }) => torrentsInText(text).torrents.map(({ infoHash }) => infoHash))
        .catch(() => []),
  };
}

async function start(
  warn: (text: string) => void,
  excuse: (error: unknown) => void,
  reportBug: ReportBug,
  settings: ReadonlySignal<Settings>,
): Promise<Running> {
  const worker = startWorker();
  const [config, kept, rtc] = await Promise.all([
    loadPageConfig(location),
    openKept(warn),
    hasRtc ? loaded(import("./browser-rtc.ts")) : undefined,
  ]);
  if (!hasRtc) warn(NO_WEBRTC);
  const own = ownTracker(location);
  const links = new TorrentLinks(config, own, location.protocol === "https:");
  const ice = freshIceServers(config, Date.now, () => loadPageConfig(location));
  const iceServers = () => withOwnServer(settings.value.iceServer, ice.servers());
  const line = (await worker) ?? (await startOnPage(rtc?.browserRtc(iceServers)));
  let changed = (): void => {};
  let reconnect = (): void => {};
  const torrents: Torrents = new Torrents(kept, links, excuse, (ports) => {
    const device = rtc?.browserKind(navigator);
    const identity = { peerId: freshPeerId(browserRandom), device, ownTracker: own };
    const engine = new PageEngine(line, identity, {
      rtc,
      iceServers,
      reportBug,
      changed: () => changed(),
      ...ports,
    });
    followBrowser(engine, kept);
    settings.subscribe(({ deviceName, asksFirst, mostUp, mostDown }) => {
      engine.feed({ type: "deviceNamed", name: deviceName });
      engine.askFirst(asksFirst);
      engine.feed({ type: "ratesChanged", rates: { up: mostUp, down: mostDown } });
    });
    reconnect = () => void ice.renew().then(() => engine.reconnect());
    return engine;
  });
  await torrents.restore();
  const watch = (watcher: () => void): void => {
    changed = watcher;
  };
  return { torrents, config, kept, reconnect, watch };
}

/** The tab's identity and its database. Without a database the tab can still share files. */
async function openKept(warn: (text: string) => void): Promise<Kept | undefined> {
  try {
    const database = await openDatabase(warn);
    return { database, tab: await openTab(database, sessionStorage, reload) };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    warn(error.message);
    return undefined;
  }
}

function followBrowser(engine: PageEngine, kept: Kept | undefined): void {
  window.addEventListener("online", () => engine.feed({ type: "cameOnline" }));
  // Tells peers at once, so that they need not wait for a minute of silence.
  window.addEventListener("pagehide", () => {
    engine.close();
    kept?.tab.leave();
  });
  // Back from the back-forward cache or a freeze: the links are gone, and another tab may have adopted our torrents.
  window.addEventListener("pageshow", ({ persisted }) => persisted && reload());
  document.addEventListener("resume", reload);
}

/** What this page shows is no longer so. Nothing asks the person before this reload. */
function reload(): void {
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
  location.reload();
}
