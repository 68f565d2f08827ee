import { type Signal, signal } from "@preact/signals-core";
import { parseApiStatus } from "#shared/announce/parse-tracker-api.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { browserClock } from "./browser-clock.ts";
import type {
  Account,
  Arrival,
  Client,
  Entry,
  EntryKey,
  FileChoice,
  Notice,
  PickedFile,
  Settings,
  TrackerDesk,
} from "./client.ts";
import { fakeEvents } from "./fake-events.ts";
import { fakePieces } from "./fake-pieces.ts";
import { type FakeEntry, fakePeer, fakeTorrent, type Scene, sceneEntries } from "./fake-scenes.ts";
import { type FakePerson, fakeTracker } from "./fake-tracker.ts";
import { ask } from "./tracker/ask.ts";
import { LiveAccounts } from "./tracker/live-accounts.ts";
import { LiveCatalog } from "./tracker/live-catalog.ts";

/** A client that makes everything up, to show the page without engine, tracker and peers. */
export interface FakeClient extends Client {
  /** Advances the made-up time. */
  advance(seconds: number): void;
}

type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

const HASHING_BYTES_PER_SECOND = 250_000_000;
const CHECKING_BYTES_PER_SECOND = 90_000_000;
const FOUND_BYTES_PER_SECOND = 6_000_000;
const SAVING_SECONDS = 3;
/** The chance, in each second, that the metadata of a made-up magnet link arrives. */
const METADATA_CHANCE = 0.4;
const TRACKER_SECONDS = 60;
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

function withLinks(entry: FakeEntry, key: EntryKey): Entry {
  if (entry.state === "hashing") return { ...entry, key };
  const { infoHash, name } = entry.torrent;
  const rest = `&tr=${encodeURIComponent("ws://192.168.1.5:8000/")}&dn=${encodeURIComponent(name)}`;
  return {
    ...entry,
    key,
    infoHash,
    isSaved: entry.isSaved ?? false,
    magnetLink: `magnet:?xt=urn:btih:${infoHash}${rest}`,
    shareLink: `http://192.168.1.5:8000/#${infoHash}${rest}`,
  };
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

function moved(entry: Entry, seconds: number, random: Random): Entry {
  if (entry.state === "hashing") {
    const bytesDone = Math.min(entry.bytesTotal, entry.bytesDone + seconds * HASHING_BYTES_PER_SECOND);
    return bytesDone < entry.bytesTotal ? { ...entry, bytesDone } : shared(entry);
  }
  const ticked = { ...entry, torrent: withTrackerTime(entry.torrent, seconds) };
  switch (entry.state) {
    case "metadata":
      return random.below(1000) < METADATA_CHANCE * 1000 * seconds ? found(ticked) : ticked;
    case "checking": {
      const next = withDone(ticked, entry.torrent.bytesDone + seconds * CHECKING_BYTES_PER_SECOND);
      return isDone(next.torrent) ? inPhase(next, "seeding") : next;
    }
    case "downloading":
      return downloaded(ticked, seconds, random);
    case "seeding":
      return saved(delivered(ticked, seconds), seconds);
    default:
      return ticked;
  }
}

/** Whoever gets it comes further, and ends with everything. */
function delivered(entry: TorrentEntry, seconds: number): TorrentEntry {
  const { torrent } = entry;
  if (!torrent.peers.some(({ upBytesPerSecond }) => upBytesPerSecond > 0)) return entry;
  const moved = torrent.peers.map((peer) => {
    const progress = Math.min(1, peer.progress + (peer.upBytesPerSecond * seconds) / torrent.bytesTotal);
    return progress < 1 ? { ...peer, progress } : { ...peer, progress, upBytesPerSecond: 0 };
  });
  const peers = moved.filter(({ progress }) => progress < 1);
  const finished = moved.filter(({ progress }) => progress === 1);
  return {
    ...entry,
    torrent: {
      ...torrent,
      peers,
      upBytesPerSecond: peers.reduce((sum, peer) => sum + peer.upBytesPerSecond, 0),
      completePeers: torrent.completePeers + finished.length,
      finishedPeers: [...torrent.finishedPeers, ...finished],
    },
  };
}

function shared(entry: Extract<Entry, { readonly state: "hashing" }>): Entry {
  const seed = Number(entry.key.slice("fake-".length));
  const torrent = fakeTorrent(2000 + seed, { name: entry.name, bytesTotal: entry.bytesTotal });
  return withLinks({ state: "seeding", torrent, canSave: false }, entry.key);
}

function found(entry: TorrentEntry): TorrentEntry {
  const { name, infoHash } = entry.torrent;
  const rate = FOUND_BYTES_PER_SECOND;
  const peers = [fakePeer(31, { downBytesPerSecond: rate })];
  const torrent = fakeTorrent(1, {
    name,
    bytesTotal: 180_000_000,
    bytesDone: 0,
    downBytesPerSecond: rate,
    peers,
  });
  return inPhase({ ...entry, torrent: { ...torrent, infoHash } }, "downloading");
}

function downloaded(entry: TorrentEntry, seconds: number, random: Random): TorrentEntry {
  const wobble = 0.9 + random.below(200) / 1000;
  const peers = entry.torrent.peers.map((peer) => ({
    ...peer,
    goodPieces: peer.goodPieces + random.below(3),
  }));
  const rate = entry.torrent.peers.reduce((sum, peer) => sum + peer.downBytesPerSecond, 0) * wobble;
  const next = withDone(entry, entry.torrent.bytesDone + rate * seconds);
  const left = next.torrent.bytesTotal - next.torrent.bytesDone;
  const secondsLeft = rate > 0 && left > 0 ? Math.ceil(left / rate) : undefined;
  const torrent = { ...next.torrent, peers, downBytesPerSecond: rate, secondsLeft };
  if (left > 0) return { ...next, torrent };
  return {
    ...inPhase({ ...next, torrent: { ...torrent, downBytesPerSecond: 0 } }, "seeding"),
    canSave: true,
  };
}

function saved(entry: TorrentEntry, seconds: number): TorrentEntry {
  if (entry.saving === undefined) return entry;
  const saving = entry.saving + seconds / SAVING_SECONDS;
  if (saving < 1) return { ...entry, saving };
  const { saving: _over, ...rest } = entry;
  return { ...rest, isSaved: true };
}

function withTrackerTime(torrent: TorrentView, seconds: number): TorrentView {
  const trackers = torrent.trackers.map((tracker) => {
    const next = (tracker.nextInSeconds ?? 0) - seconds;
    return { ...tracker, nextInSeconds: next > 0 ? next : TRACKER_SECONDS };
  });
  return { ...torrent, trackers };
}

function withDone(entry: TorrentEntry, bytesDone: number): TorrentEntry {
  const done = Math.min(bytesDone, entry.torrent.bytesTotal);
  const piecesHeld = Math.floor(done / entry.torrent.pieceLength);
  return { ...entry, torrent: { ...entry.torrent, bytesDone: done, piecesHeld } };
}

function withChoice(entry: TorrentEntry, { selectedFiles, firstFiles }: FileChoice): TorrentEntry {
  const files = entry.torrent.files.map((file) => {
    const selected = selectedFiles?.includes(file.index) ?? true;
    return { ...file, selected, isFirst: selected && firstFiles.includes(file.index) };
  });
  const bytesTotal = files.reduce((sum, { bytes, selected }) => sum + (selected ? bytes : 0), 0);
  return withDone({ ...entry, torrent: { ...entry.torrent, files, bytesTotal } }, entry.torrent.bytesDone);
}

/** The selected files are here one after the other. */
function bytesHere(entry: Entry | undefined): readonly number[] | undefined {
  if (entry === undefined || entry.state === "hashing") return undefined;
  if (isDone(entry.torrent) && !entry.canSave) return undefined; // The person's own.
  let left = entry.torrent.bytesDone;
  return entry.torrent.files.map(({ bytes, selected }) => {
    const here = selected ? Math.min(bytes, left) : 0;
    left -= here;
    return here;
  });
}

function inPhase(entry: TorrentEntry, phase: TorrentView["phase"]): TorrentEntry {
  const { needs: _needs, waitsBecause: _waits, ...rest } = entry;
  const isStill = phase === "paused";
  const { torrent } = entry;
  return {
    ...rest,
    state: phase,
    torrent: {
      ...torrent,
      phase,
      problem: undefined,
      peers: isStill ? [] : torrent.peers,
      downBytesPerSecond: isStill ? 0 : torrent.downBytesPerSecond,
      upBytesPerSecond: isStill ? 0 : torrent.upBytesPerSecond,
    },
  };
}

function isDone(torrent: TorrentView): boolean {
  return torrent.bytesDone >= torrent.bytesTotal;
}
