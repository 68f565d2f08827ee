import { appendFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";
import { jsonLines, testedTabswarm } from "../command.test-support.ts";

const temporaryFolder = temporaryFolders();
const installed = testedTabswarm();

vi.setConfig({ testTimeout: 30_000 }); // Processes start slowly on a busy machine.

interface File {
  readonly path: readonly string[];
  readonly length: number;
  readonly attr?: string;
}

const dict = (entries: Record<string, Encodable>): Encodable => new Map(Object.entries(entries));

/** Writes a .torrent with a folder of these files, and other keys. */
async function torrentOf(files: readonly File[], others: Record<string, Encodable> = {}): Promise<string> {
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  const info = dict({
    name: "Trip",
    "piece length": 16_384,
    pieces: new Uint8Array(20 * Math.ceil(bytes / 16_384)),
    files: files.map((file) => dict({ ...file })),
  });
  const path = join(await temporaryFolder(), "a.torrent");
  await writeFile(path, encodeBencode(dict({ info, ...others })));
  return path;
}

const FILES: readonly File[] = [
  { path: ["a.txt"], length: 5 },
  { path: [".pad", "16379"], length: 16_379, attr: "p" },
  { path: ["beach", "film.mkv"], length: 1_234_567 },
];
const OTHERS = {
  announce: "udp://one.example:6969",
  "announce-list": [["udp://one.example:6969"], ["wss://two.example/"]],
  comment: "Our trip\u001b]0;evil\u0007",
  "created by": "mktorrent 1.1",
};

test("a torrent as text for people", async () => {
  const { code, out } = await installed.run(["info", await torrentOf(FILES, OTHERS)]);
  expect(code).toBe(0);
  const magnet = out.match(/magnet:\S+/)?.[0] ?? "";
  expect(out).toBe(`Trip
  info-hash   ${magnet.slice(20, 60)}
  size        1.2 MB in 2 files
  pieces      77 pieces of 16 KiB
  private     no
  trackers    udp://one.example:6969
              wss://two.example/
  comment     Our trip ]0;evil 
  created by  mktorrent 1.1
  magnet      ${magnet}

  5 bytes  a.txt
   1.2 MB  beach/film.mkv
`);
});

test("a torrent as JSON for programs", async () => {
  const { out } = await installed.run(["info", await torrentOf(FILES, OTHERS), "--json"]);
  expect(jsonLines(out)).toEqual([
    {
      type: "torrent",
      name: "Trip",
      // Computed by a few lines of Python from BEP 3 alone.
      infoHash: "b7a998c71b919be9884768926fecadb411927035",
      magnet: expect.stringMatching(
        /^magnet:\?xt=urn:btih:b7a998c71b919be9884768926fecadb411927035&dn=Trip&tr=udp/,
      ),
      bytes: 1_234_572,
      pieceLength: 16_384,
      pieces: 77,
      private: false,
      trackers: ["udp://one.example:6969", "wss://two.example/"],
      webSeeds: [],
      comment: "Our trip ]0;evil ",
      createdBy: "mktorrent 1.1",
      warnings: [],
      files: [
        { path: "a.txt", bytes: 5 },
        { path: "beach/film.mkv", bytes: 1_234_567 },
      ],
    },
  ]);
});

test("warnings say what was ignored, and text from outside does nothing to a terminal", async () => {
  const path = await torrentOf(
    [
      { path: ["photo\u202egpj.exe"], length: 5 },
      { path: ["link"], length: 0, attr: "l" },
    ],
    { announce: "ftp://\u001b[31m", "created by": "\u001b[2Jx" },
  );
  await appendFile(path, "\n");
  const { code, out } = await installed.run(["info", path]);
  expect(code).toBe(0);
  expect(out).toContain(`
  created by   [2Jx
`);
  expect(out).toContain(`
  warnings    1 trailing byte was ignored.
              1 symbolic link in it is neither saved nor shared.
              Left out invalid tracker addresses: ftp:// [31m.

  5 bytes  photogpj.exe
`);
});

test("paths are those at which files would be saved", async () => {
  const path = await torrentOf([
    { path: ["..", "..", "etc", "passwd"], length: 1 },
    { path: ["con"], length: 1 },
    { path: ["evil\u001b[31m"], length: 1 },
  ]);
  const { out } = await installed.run(["info", path]);
  expect(out.trim().split("\n").slice(-3)).toEqual([
    "  1 byte  etc/passwd",
    "  1 byte  _con",
    "  1 byte  evil_[31m",
  ]);
});

test("a person gets the first hundred of many files, a program all", async () => {
  const path = await torrentOf(Array.from({ length: 1_234 }, (_, n) => ({ path: [`${n}`], length: 1 })));
  const { out } = await installed.run(["info", path]);
  expect(out.match(/ {2}1 byte {2}/g)).toHaveLength(100);
  expect(out).toContain("\n  and 1,134 more files; --json lists all\n");
  const [facts] = jsonLines((await installed.run(["info", path, "--json"])).out);
  expect(facts).toMatchObject({ files: { length: 1_234 } });
});

test("a magnet link, a share link and an info-hash are described", async () => {
  const infoHash = "0123456789abcdef0123456789abcdef01234567";
  const magnet = `magnet:?xt=urn:btih:${infoHash}&dn=A+film&tr=ws%3A%2F%2Fone.example%2F&so=0,2-3`;
  const { code, out } = await installed.run(["info", magnet]);
  expect([code, out]).toEqual([
    0,
    `A film
  info-hash   ${infoHash}
  trackers    ws://one.example/
  selected    3 files

  A magnet link does not list the files; peers do.
`,
  ]);
  const share = await installed.run(["info", `http://box:8000/#${infoHash}&dn=A%20film`, "--json"]);
  expect(jsonLines(share.out)).toEqual([
    {
      type: "magnet",
      name: "A film",
      infoHash,
      trackers: [],
      webSeeds: [],
      page: "http://box:8000/",
      peers: [],
    },
  ]);
  expect((await installed.run(["info", infoHash.toUpperCase()])).out).toContain(`info-hash   ${infoHash}`);
});

test("links are read as people copy them, and warnings say what was ignored", async () => {
  const [one, two] = ["0123456789abcdef0123456789abcdef01234567", "76543210".repeat(5)];
  const copied = `Here (http://box:8000/#${one}&amp;dn=A%20film&amp;x.pe=192.0.2.1:6881&amp;ws=http://seed.example/)
and "magnet:?xt=urn:btih:${two}".`;
  const { code, out, err } = await installed.run(["info", copied]);
  expect([code, out]).toEqual([
    0,
    `A film
  info-hash   ${one}
  page        http://box:8000/
  trackers    none
  web seeds   http://seed.example/
  peers       192.0.2.1:6881

  A magnet link does not list the files; peers do.

${two}
  info-hash   ${two}
  trackers    none

  A magnet link does not list the files; peers do.
`,
  ]);
  expect(err).toBe("");
});

test.each([
  ["nothing of that name", "gone.torrent", "There is no file gone.torrent, and it is not a magnet link"],
  ["the address of a .torrent", "https://a.example/b.torrent", "save the .torrent file from there"],
  ["a folder", ".", ". is a folder. Name a file."],
  ["a magnet link that names no torrent", "magnet:?dn=x", "That magnet link names no torrent."],
  ["a torrent of version 2", `magnet:?xt=urn:btmh:1220${"ab".repeat(32)}`, "version 2 only"],
])("%s is a failure with a sentence", async (_, source, sentence) => {
  const { code, out, err } = await installed.run(["info", source]);
  expect([code, out, err]).toEqual([1, "", expect.stringContaining(sentence)]);
  expect(err.trim().split("\n")).toHaveLength(1);
  const json = await installed.run(["info", source, "--json"]);
  expect([json.code, jsonLines(json.out)]).toEqual([
    1,
    [{ type: "error", message: expect.stringContaining(sentence) }],
  ]);
});

test("a damaged torrent is a failure with a sentence", async () => {
  const path = join(await temporaryFolder(), "a.torrent");
  await writeFile(path, "d4:infod4:name1:aee");
  const { code, err } = await installed.run(["info", path]);
  expect([code, err]).toEqual([
    1,
    "tabswarm: This torrent is damaged: it has no hashes of its pieces. Get the torrent again from where you found it.\n",
  ]);
});

test("a file named like an info-hash is read as a file", async () => {
  const folder = await temporaryFolder();
  const name = "0123456789abcdef0123456789abcdef01234567";
  await symlink(await torrentOf(FILES), join(folder, name));
  expect((await installed.run(["info", name], { cwd: folder })).out).toContain("Trip\n");
});

test.each([
  [["info"], "missing required argument"],
  [["info", "a", "b"], "too many arguments"],
])("%j is wrong usage", async (args, message) => {
  const { code, err } = await installed.run(args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
