import type { ReadonlySignal } from "@preact/signals-core";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { freshIceServers } from "#shared/driver/ice-servers.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import type { Notice, Settings } from "./client.ts";
import type { Database } from "./database.ts";
import { PageDoctor } from "./doctor/page-doctor.ts";
import { LastingDatabase } from "./lasting-database.ts";
import { loaded } from "./load-later.ts";
import { withOwnServers } from "./own-ice-server.ts";
import { loadPageConfig, ownTracker, type PageConfig } from "./page-config.ts";
import { browserRandom, hasRtc } from "./platform.ts";
import { watchRestReason } from "./resting.ts";
import type { Running } from "./running.ts";
import { onOtherNetwork } from "./start-gate.ts";
import { openTab } from "./tab.ts";
import { TorrentLinks } from "./torrent-links.ts";
import type { Kept, OwnPorts } from "./torrent-list.ts";
import { Torrents } from "./torrents.ts";
import { TotalsTimer } from "./totals.ts";
import { type EngineLine, startOnPage, startWorker } from "./worker/engine-line.ts";
import { PageEngine } from "./worker/page-engine.ts";

const NO_WEBRTC =
  "This browser has no WebRTC, or it is turned off, so it cannot connect to anybody. Use a current Chrome, Edge, Firefox or Safari.";
const DATA_DELETED =
  "Somebody deleted this page's data in the browser, and with it what was downloaded here. The page fetches it again, as long as others have it.";
const ENGINE_REPLACED =
  "The part of this page that moves files crashed, perhaps for lack of memory. The page has started it again, and everything goes on.";
const ENGINE_DEAD =
  "The part of this page that moves files keeps crashing. Close other tabs to free memory, then reload the page: what is here stays.";

/** Crashes of the engine's worker after which a page load does not start it again: it would only crash once more. */
const MAX_REPLACEMENTS = 3;

/** How it tells the person of what happens. */
interface Telling {
  readonly say: (kind: Notice["kind"], text: string) => void;
  /** An error that lasts. */
  readonly warn: (text: string) => void;
  readonly excuse: (error: unknown) => void;
  readonly reportBug: ReportBug;
}

/** Opens what the browser stores, finds the tracker, and starts the engine with the torrents that this tab had before. */
export async function start(
  settings: ReadonlySignal<Settings>,
  { say, warn, excuse, reportBug }: Telling,
): Promise<Running> {
  const worker = startWorker();
  let databaseReopened = (): void => {};
  const [config, kept, rtc] = await Promise.all([
    loadPageConfig(location),
    openKept(warn, () => databaseReopened()),
    hasRtc ? loaded(import("./browser-rtc.ts")) : undefined,
  ]);
  if (!hasRtc) warn(NO_WEBRTC);
  const own = ownTracker(location);
  const links = new TorrentLinks(config, own, location.protocol === "https:");
  const ice = freshIceServers(config, Date.now, () => loadPageConfig(location));
  const iceServers = () => withOwnServers(settings.value.iceServers, ice.servers());
  const line = (await worker) ?? (await startOnPage(rtc?.browserRtc(iceServers)));
  let changed = (): void => {};
  let reconnect = (): void => {};
  let rest = (): void => {};
  let replace = (_: EngineLine): void => {};
  const { doctor, tryNow } = openDoctor(
    config,
    () => changed(),
    () => torrents,
  );
  const totals = new TotalsTimer(() => torrents.keepTotals().catch(excuse));
  const startEngine = (ports: OwnPorts): PageEngine => {
    const device = rtc?.browserKind(navigator);
    const identity = () => ({ peerId: freshPeerId(browserRandom), device, ownTracker: own });
    const engine = new PageEngine(line, identity, {
      rtc,
      iceServers,
      reportBug,
      changed: () => {
        changed();
        totals.changed();
        rest();
      },
      heldUp: () => doctor.surroundings.engineWasHeldUp(),
      ...ports,
    });
    followBrowser(engine, kept);
    settings.subscribe((chosen) => tellSettings(engine, chosen));
    replace = (other) => {
      engine.replace(other);
      tellSettings(engine, settings.value);
    };
    reconnect = () => void ice.renew().then(() => engine.reconnect());
    return engine;
  };
  const torrents: Torrents = new Torrents(kept, links, () => settings.value, excuse, startEngine);
  rest = resting(settings, torrents, () => changed());
  await torrents.restore(sessionStorage);
  window.addEventListener("pagehide", () => torrents.leaveTotals(sessionStorage));
  followSettings(settings, torrents, () => reconnect());
  databaseReopened = () =>
    void torrents.restoreRecords().then((isLess) => isLess && warn(DATA_DELETED), excuse);
  replaceWhenDead(line, async (other) => {
    if (other === undefined) return warn(ENGINE_DEAD);
    replace(other);
    await torrents.enterAgain();
    say("info", ENGINE_REPLACED);
  }).catch(excuse);
  const watch = (watcher: () => void): void => {
    changed = watcher;
  };
  return { torrents, config, kept, reconnect, tryNow, doctor, watch };
}

/** Lets what only sends rest for as long as the browser tells of a reason. Returns what looks once more. */
function resting(settings: ReadonlySignal<Settings>, torrents: Torrents, changed: () => void): () => void {
  const look = (): void => torrents.rest(settings.value.sharesAlways ? undefined : reason());
  const reason = watchRestReason(() => {
    look();
    changed();
  });
  settings.subscribe(look);
  return look;
}

function followSettings(settings: ReadonlySignal<Settings>, torrents: Torrents, reconnect: () => void): void {
  let before = settings.value;
  settings.subscribe((now) => {
    if (now.stopAt !== before.stopAt) torrents.controlAgain();
    // Only new offers have the new routes.
    if (JSON.stringify(now.iceServers) !== JSON.stringify(before.iceServers)) reconnect();
    before = now;
  });
}

/** The doctor, and what a person does about a tracker: it is asked again, and so is the time. */
function openDoctor(
  { clockErrorMillis }: PageConfig,
  changed: () => void,
  torrents: () => Torrents,
): Pick<Running, "doctor" | "tryNow"> {
  const tryNow = (): void => {
    torrents().tryNow();
    void loadPageConfig(location).then((fresh) => doctor.surroundings.clockIs(fresh.clockErrorMillis));
  };
  const doctor: PageDoctor = new PageDoctor(clockErrorMillis, changed, tryNow);
  return { doctor, tryNow };
}

/** Whenever the worker ends without a word, starts another. Undefined: it did that too often, or there is none. */
async function replaceWhenDead(
  line: EngineLine,
  replaced: (by: EngineLine | undefined) => Promise<void> | void,
): Promise<void> {
  let running: EngineLine | undefined = line;
  for (let count = 0; running !== undefined; count++) {
    await running.died;
    running = count < MAX_REPLACEMENTS ? await startWorker() : undefined;
    await replaced(running);
  }
}

function tellSettings(engine: PageEngine, chosen: Settings): void {
  const { deviceName, asksFirst, mostUp, mostDown, maxPeers } = chosen;
  engine.feed({ type: "deviceNamed", name: deviceName });
  engine.askFirst(asksFirst);
  engine.feed({ type: "ratesChanged", rates: { up: mostUp, down: mostDown } });
  engine.feed({ type: "linksLimited", maxLinks: maxPeers });
}

/** The tab's identity and its database. Without a database the tab can still share files. */
async function openKept(warn: (text: string) => void, reopened: () => void): Promise<Kept | undefined> {
  let database: Database;
  const databases = new LastingDatabase({
    lost: warn,
    reopened(fresh) {
      database = fresh;
      reopened();
    },
  });
  try {
    database = await databases.current();
    const tab = await openTab(database, sessionStorage, reload);
    return {
      get database() {
        return database;
      },
      databases,
      tab,
    };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    warn(error.message);
    return undefined;
  }
}

function followBrowser(engine: PageEngine, kept: Kept | undefined): void {
  const cameOnline = (): void => engine.feed({ type: "cameOnline" });
  window.addEventListener("online", cameOnline);
  onOtherNetwork(cameOnline);
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
