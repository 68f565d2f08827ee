import { type Signal, signal } from "@preact/signals-core";
import { parseApiStatus } from "#shared/announce/parse-tracker-api.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import { browserClock } from "./browser-clock.ts";
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
import {
  bytesHere,
  inPhase,
  isDone,
  type TorrentEntry,
  withChoice,
  withDone,
  withLinks,
} from "./fake-entries.ts";
import { fakeEvents } from "./fake-events.ts";
import { moved } from "./fake-motion.ts";
import { fakePieces } from "./fake-pieces.ts";
import { type FakeEntry, fakeTorrent, type Scene, sceneEntries } from "./fake-scenes.ts";
import { type FakePerson, fakeTracker } from "./fake-tracker.ts";
import { ask } from "./tracker/ask.ts";
import { LiveAccounts } from "./tracker/live-accounts.ts";
import { LiveCatalog } from "./tracker/live-catalog.ts";

/** A client that makes everything up, to show the page without engine, tracker and peers. */
export interface FakeClient extends Client {
  /** Advances the made-up time. */
  advance(seconds: number): void;
}

const NO_LINK = "That is not a magnet link or an info-hash. Copy the whole link and paste it again.";

const SETTINGS: Settings = {
  deviceName: undefined,
  theme: "auto",
  textPercent: 100,
  mostUp: undefined,
  mostDown: undefined,
  iceServer: undefined,
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
    sceneEntries(scene).map((entry) => withLinks(entry, keyOf(number()))),
  );
  const notices = signal<readonly Notice[]>([]);
  const settings = signal(SETTINGS);

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
  const addTyped = async (text: string): Promise<string | undefined> => {
    const name = /[?&]dn=([^&]+)/.exec(text)?.[1];
    if (!/[0-9a-f]{40}/i.test(text)) return NO_LINK;
    add(unknownTorrent(number(), name === undefined ? "Unnamed" : decodeURIComponent(name)));
    return undefined;
  };
  const addLink = (text: string): void => {
    void addTyped(text).then((problem) => problem && say("error", problem));
  };
  const { account, tracker } = fakeDesk(scene, person, entries, (sentence) => say("error", sentence));
  return {
    entries,
    notices,
    ready: signal(true),
    account,
    hasCatalog: signal(true),
    tracker,
    canSaveToFolder: true,
    settings,
    changeSettings: (change) => {
      settings.value = { ...settings.value, ...change };
    },
    share: (files) => add(hashing(files)),
    addLink,
    addTyped,
    addPasted: (text) => addLink(text),
    infoHashesIn: async (text) =>
      (text.match(/[0-9a-f]{40}/gi) ?? []).flatMap((hash) => parseInfoHash(hash) ?? []),
    addTorrentFile: (file) => add(unknownTorrent(number(), file.name.replace(/\.torrent$/i, ""))),
    pause: (key) => update(key, (entry) => inPhase(entry, "paused")),
    resume: (key) =>
      update(key, (entry) => inPhase(entry, isDone(entry.torrent) ? "seeding" : "downloading")),
    remove(key) {
      entries.value = entries.value.filter((entry) => entry.key !== key);
    },
    save: (key) => update(key, (entry) => ({ ...entry, saving: 0 })),
    saveToFolder: (key) => update(key, (entry) => ({ ...entry, saving: 0 })),
    ...fileActions(entries, update),
    saveTorrentFile: () => {},
    continueSharing: (key) => update(key, (entry) => inPhase(entry, "seeding")),
    supplyFiles: (key) => update(key, (entry) => inPhase(withDone(entry, 0), "checking")),
    events: fakeEvents(entries),
    pieces: fakePieces(entries),
    dismissNotice(id) {
      notices.value = notices.value.filter((notice) => notice.id !== id);
    },
    advance(seconds) {
      entries.value = entries.value.map((entry) => moved(entry, seconds, random));
    },
  };
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
): Pick<Client, "chooseFiles" | "bytesOfFiles" | "readFile" | "saveFile" | "arrivals"> {
  return {
    arrivals: async () => [fakeArrival()],
    chooseFiles: (key, choice) => update(key, (entry) => withChoice(entry, choice)),
    bytesOfFiles: async (key) => bytesHere(entries.value.find((entry) => entry.key === key)),
    readFile: async () => new Blob(["A made-up text.\n"]),
    saveFile: () => {},
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
