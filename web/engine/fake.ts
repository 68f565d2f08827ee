import { type Signal, signal } from "@preact/signals-core";
import { parseApiStatus } from "#shared/announce/parse-tracker-api.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";
import { browserClock } from "./browser-clock.ts";
import { MOST_PEERS } from "./choice-bounds.ts";
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
import { controlsIn, NEVER } from "./controls.ts";
import { fakeElsewhere } from "./fake-elsewhere.ts";
import {
  bytesHere,
  inPhase,
  isDone,
  type TorrentEntry,
  withChoice,
  withDone,
  withLinks,
  withoutTracker,
  withTracker,
} from "./fake-entries.ts";
import { fakeEvents } from "./fake-events.ts";
import { moved } from "./fake-motion.ts";
import { fakeNearby } from "./fake-nearby.ts";
import { fakePieces } from "./fake-pieces.ts";
import { type FakeEntry, fakeTorrent, type Scene } from "./fake-scenes.ts";
import { fakeSpeeds } from "./fake-speeds.ts";
import { fakeStorage } from "./fake-storage.ts";
import { type FakePerson, fakeTracker } from "./fake-tracker.ts";
import { firstEntries } from "./fake-troubles.ts";
import { ask } from "./tracker/ask.ts";
import { LiveAccounts } from "./tracker/live-accounts.ts";
import { LiveCatalog } from "./tracker/live-catalog.ts";

/** A client that makes everything up, to show the page without engine, tracker and peers. */
export interface FakeClient extends Client {
  /** Advances the made-up time. */
  advance(seconds: number): void;
}

const NO_LINK = "That is not a magnet link or an info-hash. Copy the whole link and paste it again.";
const NO_TRACKER = "That is no address of a tracker. Type one such as wss://tracker.example.org/announce.";

/** A PNG of one colour. */
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAQ0lEQVR42u3PQQkAAAgEsEtkNKOY2Qp+hcEKLNXzWgQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQErhaz9/jEytafBgAAAABJRU5ErkJggg==";

const SETTINGS: Settings = {
  deviceName: undefined,
  isNearby: false,
  theme: "auto",
  textPercent: 100,
  language: undefined,
  mostUp: undefined,
  mostDown: undefined,
  maxPeers: undefined,
  pieceLength: undefined,
  stopAt: NEVER,
  encrypts: false,
  sharesAlways: false,
  iceServers: [],
  asksFirst: false,
  savesWhenComplete: false,
  notifies: false,
};

/** The same scene and the same steps of `advance` always give the same list, so that screenshots can be compared. */
export function createFakeClient(scene: Scene, person: FakePerson = "nobody"): FakeClient {
  const random = seededRandom(7);
  let lastNumber = 0;
  const number = (): number => ++lastNumber;
  const entries = signal<readonly Entry[]>(
    firstEntries(scene).map((entry) => withLinks(entry, keyOf(number()))),
  );
  const { moveElsewhere, ...tabs } = fakeElsewhere(scene, (entry) => add(entry));
  const notices = signal<readonly Notice[]>([]);
  const { looks, passed } = fakeLooks(entries);

  const update = (key: EntryKey, change: (entry: TorrentEntry) => TorrentEntry): void => {
    entries.value = entries.value.map((entry) =>
      entry.key === key && entry.state !== "hashing" ? change(entry) : entry,
    );
  };
  const add = (entry: FakeEntry): void => {
    entries.value = [withLinks(entry, keyOf(number())), ...entries.value];
  };
  const say = (kind: Notice["kind"], text: string): void => {
    notices.value = [...notices.value, { id: number(), kind, text }];
  };
  const nearby = fakeNearby((name) => add(unknownTorrent(number(), name)));
  return {
    entries,
    notices,
    ready: signal(true),
    hasCatalog: signal(true),
    hasNearby: signal(true),
    ...fakeDesk(scene, person, entries, (sentence) => say("error", sentence)),
    canSaveToFolder: true,
    canEncrypt: true,
    mostPeers: MOST_PEERS,
    daemon: undefined,
    ...fakeSettings(scene),
    share: async (files) => void add(hashing(files)),
    nearby: async () => nearby,
    ...fakeLinks(
      (name) => add(unknownTorrent(number(), name)),
      (sentence) => say("error", sentence),
    ),
    addTorrentFile: (file) => add(unknownTorrent(number(), file.name.replace(/\.torrent$/i, ""))),
    pause: (key) => update(key, (entry) => inPhase(entry, "paused")),
    resume: (key) =>
      update(key, (entry) => inPhase(entry, isDone(entry.torrent) ? "seeding" : "downloading")),
    endLink: (key) => update(key, (entry) => ({ ...inPhase(entry, "paused"), stoppedBecause: "person" })),
    remove(key) {
      entries.value = entries.value.filter((entry) => entry.key !== key);
    },
    save: (key) => update(key, (entry) => ({ ...entry, saving: 0 })),
    saveToFolder: (key) => update(key, (entry) => ({ ...entry, saving: 0 })),
    ...fileActions(entries, update),
    ...trackerActions(update),
    ...tabs,
    saveTorrentFile: () => {},
    continueSharing: (key) => update(key, (entry) => inPhase(entry, "seeding")),
    supplyFiles: (key) => update(key, (entry) => inPhase(withDone(entry, 0), "checking")),
    ...looks,
    dismissNotice(id) {
      notices.value = notices.value.filter((notice) => notice.id !== id);
    },
    advance(seconds) {
      entries.value = entries.value.map((entry) => moved(entry, seconds, random));
      passed(seconds);
      moveElsewhere(seconds);
    },
  };
}

/** Finds a link by its info-hash alone. */
function fakeLinks(
  add: (name: string) => void,
  excuse: (sentence: string) => void,
): Pick<Client, "addLink" | "addTyped" | "addPasted" | "infoHashesIn"> {
  const addTyped = async (text: string): Promise<string | undefined> => {
    const name = /[?&]dn=([^&]+)/.exec(text)?.[1];
    if (!/[0-9a-f]{40}/i.test(text)) return NO_LINK;
    add(name === undefined ? "Unnamed" : decodeURIComponent(name));
    return undefined;
  };
  const addLink = (text: string): void => {
    void addTyped(text).then((problem) => problem && excuse(problem));
  };
  return {
    addLink,
    addTyped,
    addPasted: async (text) => {
      const isLink = /[0-9a-f]{40}/i.test(text);
      if (isLink) addLink(text);
      return isLink;
    },
    infoHashesIn: async (text) =>
      (text.match(/[0-9a-f]{40}/gi) ?? []).flatMap((hash) => parseInfoHash(hash) ?? []),
  };
}

function fakeSettings(scene: Scene): Pick<Client, "settings" | "changeSettings"> {
  const settings = signal<Settings>({ ...SETTINGS, isNearby: scene === "nearby" });
  return {
    settings,
    changeSettings: (change) => {
      settings.value = { ...settings.value, ...change };
    },
  };
}

/** What a person sees only once it is opened. */
function fakeLooks(entries: Signal<readonly Entry[]>) {
  const { speeds, passed } = fakeSpeeds(entries);
  const looks = { events: fakeEvents(entries), pieces: fakePieces(entries), speeds, ...fakeStorage(entries) };
  return { looks, passed };
}

function fakeArrival(): Arrival {
  const files = ["IMG_2041.jpg", "IMG_2042.jpg", "Chợ hoa ngày Tết.mp4"].map((path) => ({
    path,
    file: new File(["made up"], path),
  }));
  return { files, leftOut: 0, text: "", textFile: undefined, answer: () => {} };
}

function fileActions(
  entries: Signal<readonly Entry[]>,
  update: (key: EntryKey, change: (entry: TorrentEntry) => TorrentEntry) => void,
): Pick<
  Client,
  "chooseFiles" | "changeControls" | "bytesOfFiles" | "readFile" | "play" | "saveFile" | "arrivals" | "tryNow"
> {
  return {
    arrivals: async () => [fakeArrival()],
    tryNow: () => {},
    chooseFiles: (key, choice) => update(key, (entry) => withChoice(entry, choice)),
    changeControls: (key, change) =>
      update(key, (entry) => ({ ...entry, controls: controlsIn({ ...entry.controls, ...change }) })),
    bytesOfFiles: async (key) => bytesHere(entries.value.find((entry) => entry.key === key)),
    readFile: async (key, index) => {
      const entry = entries.value.find((one) => one.key === key);
      const files = entry === undefined || entry.state === "hashing" ? [] : entry.torrent.files;
      const isPicture = files.find((file) => file.index === index)?.path.endsWith(".jpg");
      return isPicture ? (await fetch(PICTURE)).blob() : new Blob(["A made-up text.\n"]);
    },
    play: async () => ({ state: "not", why: "not-readable" }),
    saveFile: () => {},
  };
}

function trackerActions(
  update: (key: EntryKey, change: (entry: TorrentEntry) => TorrentEntry) => void,
): Pick<Client, "addTracker" | "removeTracker"> {
  return {
    addTracker: async (key, address) => {
      const url = parseTrackerUrl(address);
      if (url === undefined) return NO_TRACKER;
      update(key, (entry) => withTracker(entry, url));
      return undefined;
    },
    removeTracker: (key, url) => update(key, (entry) => withoutTracker(entry, url)),
  };
}

/** The live desk, at a made-up tracker. */
function fakeDesk(
  scene: Scene,
  person: FakePerson,
  entries: Signal<readonly Entry[]>,
  warn: (sentence: string) => void,
): Pick<Client, "account" | "tracker"> {
  const account = signal<Account>({ state: person === "nobody" ? "none" : "unknown" });
  const send = fakeTracker(person, scene === "empty");
  const accounts = new LiveAccounts({
    send,
    clock: browserClock,
    account,
    isRegistrationOpen: true,
    askRegistration: async () => undefined,
    changed: () => {},
  });
  if (person !== "nobody") void accounts.look();
  const catalog = new LiveCatalog({
    send,
    clock: browserClock,
    database: undefined,
    publications: [],
    metadataOf: (key) => {
      const entry = entries.value.find((one) => one.key === key);
      if (entry === undefined || entry.state === "hashing" || entry.torrent.pieceCount === 0)
        return undefined;
      const infoBytes = new TextEncoder().encode(`${entry.infoHash} ${encodeURI(entry.torrent.name)}`);
      return { infoBytes, encoding: undefined };
    },
    saveBlob: () => {},
    warn,
  });
  const desk: TrackerDesk = {
    catalog,
    accounts,
    trustPage: undefined,
    status: () => ask(send, { method: "GET", path: "/status" }, parseApiStatus),
  };
  return { account, tracker: async () => desk };
}

function keyOf(number: number): EntryKey {
  return `fake-${number}` as EntryKey;
}

function hashing(files: readonly PickedFile[]): FakeEntry {
  const first = files[0]?.path.split("/")[0] ?? "Nothing";
  const isFolder = files[0]?.path.includes("/") ?? false;
  const name = files.length === 1 || isFolder ? first : `${first} and ${files.length - 1} more`;
  return {
    state: "hashing",
    name,
    bytesTotal: files.reduce((sum, { file }) => sum + file.size, 0),
    bytesDone: 0,
  };
}

function unknownTorrent(seed: number, name: string): FakeEntry {
  const torrent = fakeTorrent(1000 + seed, { name, phase: "metadata", bytesTotal: 0, files: [] });
  return { state: "metadata", torrent, canSave: false };
}
