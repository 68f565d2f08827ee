import { expect, test } from "vitest";
import { torrentText } from "./torrent-text.ts";
import { peerView, torrentView } from "./views.test-support.ts";

const DOWNLOADING = torrentView({
  bytesTotal: 200_000_000,
  bytesDone: 90_000_000,
  downBytesPerSecond: 1_500_000,
  secondsLeft: 74,
  peers: [peerView({ kind: "rtc" }), peerView({ kind: "tcp" }), peerView({ kind: "tcp" })],
});

test("a terminal of 80 columns has room for the name, a bar and the pace", () => {
  const text = torrentText(DOWNLOADING, 80);
  expect(text).toMatch(/^Films █+░+ 45 % of 200\.0 MB, 1\.5 MB\/s, 1 min 14 s left$/);
  expect(text).toHaveLength(79);
});

test("the bar shows what is done, and gives way when there is no room for it", () => {
  const wide = torrentText(DOWNLOADING, 200);
  expect(wide).toContain(" 45 %, 90.0 MB of 200.0 MB,");
  const [bar = ""] = wide.slice("Films ".length).split(" ");
  expect([bar.length, bar.replaceAll("░", "").length]).toEqual([30, 13]);
  expect(torrentText(DOWNLOADING, 20)).toBe("Films 45 %");
});

test("every width has the beginning of the name and how far the download is, on one line", () => {
  const long = { ...DOWNLOADING, name: "A film with a name that goes on and on, in 2160p.mkv" };
  for (let columns = 13; columns <= 250; columns++) {
    const text = torrentText(long, columns);
    expect(text.length).toBeLessThan(columns);
    expect(text).toMatch(/^A film.* 45 %/);
  }
  expect(torrentText(long, 200)).toMatch(/^A film with a name that goes … █/);
});

test("a pipe gets the text without a bar", () => {
  expect(torrentText(DOWNLOADING)).toBe(
    "Films: Downloading 45 %, 90.0 MB of 200.0 MB, 1.5 MB/s, 1 min 14 s left (1 browser, 2 desktops)",
  );
});

test("the time left is left out when unknown, and 100 % waits for the last byte", () => {
  const still = torrentView({ phase: "downloading", bytesTotal: 200_000_000, bytesDone: 199_999_999 });
  expect(torrentText(still)).toBe("Films: Downloading 99 %, 200.0 MB of 200.0 MB, 0 bytes/s (nobody)");
});

test.each([
  [{ phase: "metadata", peers: [peerView({})] }, "Finding out what is in it (1 browser)"],
  [{ phase: "checking", bytesDone: 50, bytesTotal: 100 }, "Checking 50 %, 50 bytes of 100 bytes"],
  [
    { phase: "seeding", upBytesPerSecond: 2_000, uploadedBytes: 5_000 },
    "Sharing with nobody, 2.0 kB/s, 5.0 kB sent",
  ],
  [{ phase: "downloading", problem: "Piece 3 arrived damaged." }, "Piece 3 arrived damaged."],
] as const)("%o is shown as a sentence", (parts, text) => {
  expect(torrentText(torrentView(parts))).toBe(`Films: ${text}`);
});
