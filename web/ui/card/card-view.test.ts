import { describe, expect, test } from "vitest";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import type { Entry, EntryKey, Trouble } from "../../engine/client.ts";
import { NO_CONTROLS } from "../../engine/controls.ts";
import { fakePeer, fakeTorrent } from "../../engine/fake-scenes.ts";
import { cardView, isOwn, leftWithEverything, othersWithEverything, type TorrentEntry } from "./card-view.ts";

const KEY = "one" as EntryKey;
const [WORKING] = fakeTorrent(1, { name: "a", bytesTotal: 1 }).trackers;

function entry(torrent: Partial<TorrentView>, rest: Partial<TorrentEntry> = {}): TorrentEntry {
  const view = fakeTorrent(1, { name: "film.mp4", bytesTotal: 1000, ...torrent });
  return {
    state: view.phase,
    key: KEY,
    infoHash: view.infoHash,
    torrent: view,
    magnetLink: "magnet:?xt=urn:btih:x",
    shareLink: "http://here/#x",
    canSave: false,
    isSaved: false,
    controls: NO_CONTROLS,
    trackers: [],
    ...rest,
  };
}

function trackers(...parts: readonly Partial<TorrentView["trackers"][number]>[]): TorrentView["trackers"] {
  if (WORKING === undefined) throw new Error("the made-up torrent has a tracker");
  return parts.map((part) => ({ ...WORKING, seeders: 0, leechers: 1, ...part }));
}

const downloading = (parts: Partial<TorrentView>): TorrentEntry =>
  entry({ phase: "downloading", bytesDone: 400, ...parts });
const metadata = (parts: Partial<TorrentView>): TorrentEntry =>
  entry({ phase: "metadata", bytesTotal: 0, files: [], ...parts });
const peer = (parts: Partial<PeerView> = {}): PeerView => fakePeer(1, parts);

describe("every wait and every error is a sentence that names the next step", () => {
  const cases: readonly (readonly [name: string, entry: Entry, sentence: RegExp])[] = [
    [
      "hashing",
      { state: "hashing", key: KEY, name: "a", bytesTotal: 2, bytesDone: 1 },
      /Reading the file to make its link/,
    ],
    [
      "nobody, tracker not reached yet",
      metadata({ trackers: trackers({ state: "connecting" }) }),
      /Looking for people/,
    ],
    ["nobody, tracker works", metadata({ trackers: trackers({}) }), /Looking for people/],
    [
      "nobody, tracker gone",
      metadata({ trackers: trackers({ state: "unreachable" }) }),
      /Looking for people/,
    ],
    [
      "no tracker at all",
      metadata({ trackers: [] }),
      /names no tracker that a browser can reach.* Use a link with/,
    ],
    [
      "own file, everybody has it and has left",
      entry({ completePeers: 2, peers: [] }),
      /^Sent: 2 people have the whole file\./,
    ],
    ["somebody has it", metadata({ trackers: trackers({ seeders: 2 }) }), /2 people have it\. Connecting/],
    [
      "asking for metadata",
      metadata({ peers: [peer()] }),
      /Connected to 1 person\. Asking for the list of files/,
    ],
    ["checking", entry({ phase: "checking", bytesDone: 1 }), /Checking the parts you already have/],
    [
      "pieces come",
      downloading({ peers: [peer({ downBytesPerSecond: 5 })] }),
      /^Downloading from 1 person\.$/,
    ],
    [
      "pieces come from several people and go to one",
      downloading({
        peers: [peer({ downBytesPerSecond: 5 }), peer({ downBytesPerSecond: 5, upBytesPerSecond: 1 })],
      }),
      /^Downloading from 2 people at once\. You are already passing parts on to 1 person\.$/,
    ],
    [
      "peers that send nothing",
      downloading({ peers: [peer()] }),
      /waiting for the missing parts\. Keep this page open/,
    ],
    ["nobody to download from", downloading({ trackers: trackers({}) }), /Looking for people/],
    ["own file, nobody here", entry({}), /Now send somebody the share link/],
    ["own file, peers idle", entry({ peers: [peer()] }), /1 person connected/],
    ["own file, sending", entry({ peers: [peer({ upBytesPerSecond: 9 })] }), /^Sending to 1 person\.$/],
    ["a complete download", entry({}, { canSave: true }), /Save it/],
    ["paused download", entry({ phase: "paused", bytesDone: 1 }), /until you resume/],
    ["paused share", entry({ phase: "paused" }), /The link works again when you resume/],
    [
      "lapsed permission",
      entry({}, { state: "needs-file", needs: "permission" }),
      /the browser needs your permission again/,
    ],
    [
      "the person has to pick the file again",
      entry({}, { state: "needs-file", needs: "files" }),
      /Select it again/,
    ],
    ["error without a message", entry({ phase: "error" }), /Resume to try again/],
    [
      "error",
      entry({ phase: "error", problem: "The disk is full. Free some space." }),
      /^The disk is full\. Free some space\.$/,
    ],
  ];
  test.each(cases)("%s", (_name, shown, sentence) => {
    expect(cardView(shown).sentence).toMatch(sentence);
  });
});

test("what rests says why and how it goes on, can be resumed, and claims nothing of its link", () => {
  const own = cardView(entry({ phase: "paused" }, { restsBecause: "metered" }));
  expect(own).toMatchObject({
    stateText: "Paused",
    canResume: true,
    linkNote: undefined,
    hasReceivers: false,
  });
  expect(own.sentence).toMatch(
    /^Your connection may cost money .* until you are on another one, or press Resume\.$/,
  );
  const charging = /^The battery is low, .* until this device is charging, or you press Resume\.$/;
  expect(cardView(entry({ phase: "paused" }, { restsBecause: "battery" })).sentence).toMatch(charging);
});

test("a download that rests is called complete, and can be saved", () => {
  const rests = { canSave: true, restsBecause: "battery" } as const;
  const complete = cardView(entry({ phase: "paused" }, rests));
  expect(complete).toMatchObject({
    stateText: "Complete",
    canResume: true,
    canSave: true,
    linkNote: undefined,
  });
  expect(complete.sentence).toMatch(/^Every piece is checked, and you can save it\. The battery is low, /);
  const saved = cardView(entry({ phase: "paused" }, { ...rests, isSaved: true }));
  expect(saved.sentence).toMatch(/^Saved\. The battery is low, /);
});

test("a link that has ended says why, that others can go on, and what brings it back", () => {
  const said = (rest: Partial<TorrentEntry>) => cardView(entry({ phase: "paused" }, rest)).sentence;
  const others = "Whoever already has the pieces can go on giving them.";
  expect(said({ stoppedBecause: "person" })).toBe(
    `This link has ended: you ended it. ${others} Resume brings it back.`,
  );
  expect(said({ stoppedBecause: "downloads" })).toBe(
    `This link has ended: as many people as you chose have everything. ${others} Resume brings it back, without that limit.`,
  );
  const gone = { state: "needs-file", stoppedBecause: "moment" } as const;
  expect(said({ ...gone, needs: "permission" })).toMatch(/has come\. .* Continue sharing brings it back, /);
  expect(said({ ...gone, needs: "files" })).toMatch(/Selecting the same files again brings it back, /);
  expect(said({ stoppedBecause: "moment", canSave: true })).toMatch(
    /^No longer shared: the time that you chose/,
  );
});

test("the card shows a tracker's warning while nobody is connected", () => {
  const warned = trackers({ message: "Torrent not registered" });
  const said = "The tracker says: Torrent not registered";
  expect(cardView(downloading({ trackers: warned, peers: [] })).warning).toBe(said);
  expect(cardView(downloading({ trackers: warned, peers: [peer()] })).warning).toBeUndefined();
});

const UNREACHABLE: Trouble = {
  cause: "tracker",
  why: "unreachable",
  host: "here.example",
  message: "Connection refused.",
  nextInSeconds: 90,
  isOneOfSeveral: false,
};

test("why nothing moves takes the place of what the card says otherwise, and of what it contradicts", () => {
  const stuck = cardView(entry({}, { trouble: UNREACHABLE }));
  expect(stuck.sentence).toMatch(/cannot reach the tracker/);
  expect(stuck).toMatchObject({
    trouble: "alarming",
    remedy: "tryNow",
    icon: "warning",
    linkNote: undefined,
  });
  const refused = trackers({ state: "unreachable", message: "gone" });
  expect(cardView(downloading({ trackers: refused })).warning).toBeUndefined();
  const alone = cardView(downloading({}), false);
  expect(alone).toMatchObject({ trouble: undefined, remedy: undefined, icon: "download" });
  const waiting = cardView({ ...downloading({}), trouble: { cause: "nobodyThere" } });
  expect(waiting).toMatchObject({ trouble: "calm", remedy: undefined, icon: "download" });
  expect(waiting.sentence).toMatch(/^Nobody with this file is online\. Keep this page open/);
});

test("trouble that does not stop a torrent is shown beside its state", () => {
  const view = cardView(downloading({ problem: "A piece could not be read." }));
  expect(view.warning).toBe("A piece could not be read.");
});

test("the facts are sizes, speeds, files and the time left", () => {
  const view = cardView(
    downloading({
      bytesTotal: 2_000_000,
      bytesDone: 500_000,
      downBytesPerSecond: 100_000,
      upBytesPerSecond: 20_000,
      secondsLeft: 15,
      files: [
        { path: "a", bytes: 1, selected: true, isFirst: false, index: 0 },
        { path: "b", bytes: 1, selected: true, isFirst: false, index: 1 },
      ],
    }),
  );
  expect(view.facts).toBe("500 kB of 2.0 MB · 2 files · ↓ 100 kB/s · ↑ 20.0 kB/s · 15 s left");
  expect(view.percent).toBe(25);
});

test("the note on a share link says who else has the whole file", () => {
  expect(cardView(entry({})).linkNote).toMatch(/only while this page is open/);
  expect(cardView(entry({ peers: [peer({ progress: 1 })] })).linkNote).toMatch(
    /^1 other person has the whole file/,
  );
  expect(cardView(entry({ completePeers: 1 })).linkNote).toMatch(/^1 other person has the whole file/);
  expect(cardView(entry({ trackers: trackers({ seeders: 4 }) })).linkNote).toMatch(/^3 others have/);
  expect(cardView(downloading({})).linkNote).toBeUndefined();
});

test("those who got it while we watched count at once, and those who left with it are told apart", () => {
  const two = [fakePeer(1), fakePeer(2)];
  const counts = (parts: Partial<TorrentView>): readonly number[] => {
    const { torrent } = entry(parts);
    return [othersWithEverything(torrent), leftWithEverything(torrent)];
  };
  const told = (others: number): Partial<TorrentView> => ({ trackers: trackers({ seeders: others + 1 }) });
  expect(counts({ finishedPeers: two, completePeers: 2 })).toEqual([2, 0]); // No tracker has counted since.
  expect(counts({ finishedPeers: two, completePeers: 1, ...told(1) })).toEqual([2, 0]); // It has counted the first.
  expect(counts({ finishedPeers: two, completePeers: 2, ...told(2) })).toEqual([2, 0]); // It was quick.
  expect(counts({ finishedPeers: two, ...told(2) })).toEqual([2, 0]);
  expect(counts({ finishedPeers: two, ...told(1) })).toEqual([1, 1]);
  expect(counts({ finishedPeers: two, ...told(0) })).toEqual([0, 2]);
  expect(counts({ finishedPeers: two, peers: [peer({ progress: 1 })], ...told(1) })).toEqual([1, 2]);
  expect(counts({ finishedPeers: two, completePeers: 2, ...told(5) })).toEqual([5, 0]);
});

test("those who got it before a reload count on, and some of those who are there may be among them", () => {
  const counts = (parts: Partial<TorrentView>): readonly number[] => {
    const { torrent } = entry({ finishedInAll: 3, ...parts });
    return [othersWithEverything(torrent), leftWithEverything(torrent)];
  };
  const told = (others: number): Partial<TorrentView> => ({ trackers: trackers({ seeders: others + 1 }) });
  const whole = peer({ progress: 1 });
  expect(counts({ trackers: trackers({ state: "connecting" }, { state: "waiting" }) })).toEqual([0, 0]);
  expect(counts(told(0))).toEqual([0, 3]);
  expect(counts(told(1))).toEqual([1, 2]);
  expect(counts({ ...told(1), peers: [whole] })).toEqual([1, 2]); // It had everything when it came.
  expect(counts({ ...told(1), peers: [{ ...whole, hasFinished: true }] })).toEqual([1, 2]);
  expect(counts({ ...told(1), finishedPeers: [whole] })).toEqual([1, 2]);
  expect(counts({ ...told(1), finishedPeers: [whole], completePeers: 1 })).toEqual([1, 1]); // It may have been counted.
  expect(counts(told(5))).toEqual([5, 0]);
  expect(cardView(entry({ finishedInAll: 3, ...told(1) })).linkNote).toContain("2 more had it and left.");
  expect(cardView(entry({ finishedInAll: 3 })).hasReceivers).toBe(true);
});

test("the note says who had the whole file and left", () => {
  const two = [fakePeer(1), fakePeer(2)];
  expect(cardView(entry({ finishedPeers: two })).linkNote).toBe(
    "The link works only while this page is open: nobody else who has the whole file is online (2 had it and left).",
  );
  expect(cardView(entry({ finishedPeers: two, completePeers: 1 })).linkNote).toBe(
    "1 other person has the whole file, so the link works without this page while they are online. 1 more had it and left.",
  );
});

test("only the card of the person's own files lists who gets them", () => {
  expect(cardView(entry({})).hasReceivers).toBe(false);
  expect(cardView(entry({ peers: [peer()] })).hasReceivers).toBe(true);
  expect(cardView(entry({ finishedPeers: [peer()] })).hasReceivers).toBe(true);
  expect(cardView(entry({ peers: [peer()] }, { canSave: true })).hasReceivers).toBe(false);
  expect(cardView(downloading({ peers: [peer()] })).hasReceivers).toBe(false);
  expect(cardView(entry({ phase: "paused", finishedPeers: [peer()] })).hasReceivers).toBe(false);
});

test("others are counted by open links and by working trackers, without us", () => {
  expect(othersWithEverything(entry({ trackers: trackers({ seeders: 1 }) }).torrent)).toBe(0);
  expect(
    othersWithEverything(entry({ trackers: trackers({ state: "unreachable", seeders: 9 }) }).torrent),
  ).toBe(0);
  expect(othersWithEverything(downloading({ trackers: trackers({ seeders: 2 }) }).torrent)).toBe(2);
});

test("the card tells the person's own files from downloads", () => {
  expect(isOwn(entry({}))).toBe(true);
  expect(isOwn(entry({ phase: "paused" }))).toBe(true);
  expect(isOwn(entry({}, { canSave: true }))).toBe(false);
  expect(isOwn(downloading({}))).toBe(false);
});

test("a torrent without metadata does not count as complete", () => {
  expect(cardView(metadata({})).percent).toBe(0);
  expect(isOwn(metadata({}))).toBe(false);
});

test("a complete download is called complete, not a share, before and after it is saved", () => {
  const complete = cardView(entry({}, { canSave: true }));
  expect(complete).toMatchObject({ state: "seeding", stateText: "Complete", icon: "check", isSaved: false });
  expect(complete.sentence).toMatch(/Save it to keep it/);
  const saved = cardView(entry({}, { canSave: true, isSaved: true }));
  expect(saved).toMatchObject({ stateText: "Complete", isSaved: true });
  expect(saved.sentence).toMatch(/^Saved\./);
  expect(cardView(entry({}))).toMatchObject({ stateText: "Sharing", icon: "upload" });
});

test("a download that waits says why, how large it is, and has one button that starts it", () => {
  const paused = { phase: "paused", bytesTotal: 3_200_000_000, bytesDone: 0 } as const;
  const large = cardView(entry(paused, { waitsBecause: "large" }));
  expect(large).toMatchObject({
    state: "paused",
    start: "Start (3.2 GB)",
    canResume: false,
    canPause: false,
  });
  expect(large.sentence).toMatch(/large, so it starts when you say so/);
  expect(cardView(entry(paused, { waitsBecause: "metered" })).sentence).toMatch(/may cost money/);
  expect(cardView(entry(paused))).toMatchObject({ start: undefined, canResume: true });
});

test("every state offers the right buttons", () => {
  expect(cardView(downloading({}))).toMatchObject({ canPause: true, canResume: false, canSave: false });
  expect(cardView(entry({ phase: "paused" }))).toMatchObject({ canPause: false, canResume: true });
  expect(cardView(entry({ phase: "error" }))).toMatchObject({ canPause: false, canResume: true });
  expect(cardView(entry({}, { state: "needs-file", needs: "permission" }))).toMatchObject({
    canPause: false,
    canResume: false,
    needs: "permission",
  });
});

test("a guest whom the tracker refuses reads that it goes on after the log-in, and nothing else about it", () => {
  const refused = trackers({ state: "refused", message: "this tracker is for people with an account" });
  for (const waiting of [metadata({ trackers: refused }), entry({ trackers: refused, peers: [] })]) {
    const { sentence, warning, linkNote } = cardView(waiting, true);
    expect(sentence).toBe("It goes on as soon as you have logged in.");
    expect([warning, linkNote]).toEqual([undefined, undefined]);
    const stuck: TorrentEntry = { ...waiting, trouble: { ...UNREACHABLE, why: "refused" } };
    expect(cardView(stuck).sentence).toContain("The tracker refused this file");
    expect(cardView(stuck, true)).toMatchObject({ sentence, trouble: undefined, remedy: undefined });
  }
  const connected = cardView(downloading({ trackers: refused, peers: [peer()] }), true);
  expect(connected.sentence).toContain("Connected to 1 person");
  expect(connected.warning).toBeUndefined();
  const elsewhere = metadata({ trackers: trackers({}, { state: "refused" }) });
  expect(cardView(elsewhere, true)).toEqual(cardView(elsewhere));
  const broken = entry({ trackers: refused, peers: [], problem: "The disk is full." });
  expect(cardView(broken, true).warning).toBe("The disk is full.");
});

test("an encrypted share has its own name once its files are known, and what lacks its key offers neither Save nor Resume", () => {
  const lock = "open" as const;
  const titled = (torrent: Partial<TorrentView>, rest: Partial<TorrentEntry>) => {
    const { title, lock: shown, canSave, canResume, isOwn } = cardView(entry(torrent, rest));
    return { title, lock: shown, canSave, canResume, isOwn };
  };
  expect(titled({}, { lock, canSave: true })).toMatchObject({ title: "film.mp4", lock, canSave: true });
  const unknown = { name: "encrypted-share-1", phase: "downloading" as const, bytesDone: 0, files: [] };
  expect(titled(unknown, { lock })).toMatchObject({ title: "Encrypted share", lock });
  const wrong = { ...unknown, phase: "error" as const, problem: "The key is not that of the share." };
  expect(titled({ ...wrong, bytesDone: 64, bytesTotal: 64 }, { lock, canSave: false })).toMatchObject({
    ...{ title: "Encrypted share", canSave: false, isOwn: false },
  });
  const closed = { name: "encrypted-share-1", phase: "error" as const, problem: "This share needs its key." };
  const nothing = { lock: "closed", canSave: false, canResume: false, isOwn: false };
  expect(titled(closed, { lock: "closed" })).toEqual({ title: "Encrypted share", ...nothing });
  expect(cardView(entry(closed, { lock: "closed" })).sentence).toBe("This share needs its key.");
});
