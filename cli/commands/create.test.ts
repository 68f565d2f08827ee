import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import { encodeInfo, pieceLengthFor, planTorrent } from "#shared/meta/create.ts";
import { type Metainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import packageJson from "../../package.json" with { type: "json" };
import { finished, jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const temporaryFolder = temporaryFolders();
const installed = testedTabswarm();

vi.setConfig({ testTimeout: 30_000 }); // Processes start slowly on a busy machine.

/** A folder to work in, with some files. */
async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const readTorrent = async (...path: string[]): Promise<Metainfo> =>
  parseMetainfo(await readFile(join(...path)));
const infoHashOf = ({ infoBytes }: Metainfo): string => createHash("sha1").update(infoBytes).digest("hex");

/** What the page makes of the same choice: its plan and its info dictionary, with Node's SHA-1. */
function pageInfoHash(chosen: Record<string, Uint8Array>): string {
  const plan = planTorrent(
    Object.entries(chosen).map(([path, content]) => ({ path, content, bytes: content.length })),
  );
  const { pieceCount, pieceLength } = plan.layout;
  const whole = concatBytes(plan.sources.map(({ content }) => content));
  const hashes = Array.from({ length: pieceCount }, (_, at) =>
    createHash("sha1")
      .update(whole.subarray(at * pieceLength, (at + 1) * pieceLength))
      .digest(),
  );
  return createHash("sha1")
    .update(encodeInfo(plan, concatBytes(hashes), false))
    .digest("hex");
}

describe("the info-hash", () => {
  test("of a file is the one that other software computes", async () => {
    const cwd = await folderWith({ "hello.txt": "hello" });
    const { code, out } = await installed.run(["create", "hello.txt"], { cwd });
    // Computed by a few lines of Python from BEP 3 alone.
    const infoHash = "df11b0c53070fa058eb25ec7da8b88d758b75a2a";
    expect([code, out]).toEqual([
      0,
      `hello.txt.torrent\n  info-hash  ${infoHash}\n  magnet     magnet:?xt=urn:btih:${infoHash}&dn=hello.txt\n`,
    ]);
    expect(infoHashOf(await readTorrent(cwd, "hello.txt.torrent"))).toBe(infoHash);
    expect(await readdir(cwd)).toEqual(["hello.txt", "hello.txt.torrent"]);
  });

  test("is the page's, for a folder and for loose files", async () => {
    const content = (length: number): Uint8Array => Buffer.alloc(length, `${length}, `);
    const files = {
      "Ảnh/b.txt": content(700_000),
      "Ảnh/a/😀": content(3),
      "Ảnh/a-1": content(900_001),
      "Ảnh/～": content(0),
    };
    const cwd = await folderWith(files);
    await installed.run(["create", "Ảnh/"], { cwd });
    expect(infoHashOf(await readTorrent(cwd, "Ảnh.torrent"))).toBe(pageInfoHash(files));

    await installed.run(["create", "Ảnh/b.txt", "Ảnh/a-1"], { cwd });
    const loose = { "b.txt": files["Ảnh/b.txt"], "a-1": files["Ảnh/a-1"] };
    expect(infoHashOf(await readTorrent(cwd, "a-1 and 1 more.torrent"))).toBe(pageInfoHash(loose));
  });
});

test("flags reach the torrent; each --announce is a tier", async () => {
  const cwd = await folderWith({ "film.mkv": Buffer.alloc(100_000) });
  const { code, out } = await installed.run(
    [
      ...[
        "create",
        "film.mkv",
        "--name",
        "A film",
        "--out",
        "x.torrent",
        "--piece-length",
        "32K",
        "--private",
      ],
      ...["--announce", "udp://one.example.org:6969", "--announce", "wss://two.example.org/?key=1"],
      ...["--comment", "Über", "--json"],
    ],
    { cwd },
  );
  expect(code).toBe(0);
  const torrent = await readTorrent(cwd, "x.torrent");
  expect(torrent).toMatchObject({
    trackerTiers: [["udp://one.example.org:6969"], ["wss://two.example.org/?key=1"]],
    comment: "Über",
    createdBy: `Tabswarm/${packageJson.version}`,
    info: { name: "A film", isFolder: false, isPrivate: true, layout: { pieceLength: 32_768 } },
  });
  const infoHash = infoHashOf(torrent);
  expect(jsonLines(out)).toEqual([
    { type: "progress", name: "A film", bytesDone: 0, bytesTotal: 100_000 },
    {
      ...{ type: "created", file: "x.torrent", name: "A film", infoHash },
      magnet: `magnet:?xt=urn:btih:${infoHash}&dn=A%20film&tr=${encodeURIComponent("udp://one.example.org:6969")}&tr=${encodeURIComponent("wss://two.example.org/?key=1")}`,
      ...{ files: 1, bytes: 100_000, pieceLength: 32_768, pieces: 4 },
    },
  ]);
});

describe("a Tabswarm tracker", () => {
  test("is named by the public addresses that it reports", async () => {
    const tracker = installed.start([
      ...["tracker", "--host", "127.0.0.1", "--port", "0", "--json", "--log-level", "silent"],
      ...["--public-url", "https://share.example.org"],
    ]);
    const end = finished(tracker);
    const { port } = JSON.parse(await lineOf(tracker, /listening/));
    const cwd = await folderWith({ a: "a" });
    const { err } = await installed.run(["create", "a", "--announce", `http://127.0.0.1:${port}`], { cwd });
    tracker.kill();
    await end;
    expect(err).not.toContain("did not tell");
    expect((await readTorrent(cwd, "a.torrent")).trackerTiers).toEqual([
      ["https://share.example.org/announce"],
      ["wss://share.example.org/"],
    ]);
  });

  test("that does not answer is named as typed, with a warning", async () => {
    const cwd = await folderWith({ a: "a" });
    const args = ["create", "a", "--announce", "http://127.0.0.1:9/", "--json"];
    const { code, out } = await installed.run(args, { cwd });
    expect([code, jsonLines(out)[0]]).toEqual([
      0,
      {
        type: "warning",
        message: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:9\/ did not tell its public address \(.+\), so the torrent names http:\/\/127\.0\.0\.1:9\/announce and ws:\/\/127\.0\.0\.1:9\/\.$/,
        ),
      },
    ]);
    expect((await readTorrent(cwd, "a.torrent")).trackerTiers).toEqual([
      ["http://127.0.0.1:9/announce"],
      ["ws://127.0.0.1:9/"],
    ]);
  });
});

test("a private torrent without trackers gives a warning", async () => {
  const cwd = await folderWith({ a: "a" });
  const { code, err } = await installed.run(["create", "a", "--private"], { cwd });
  expect(code).toBe(0);
  expect(err).toContain("it names none: add --announce.");
});

describe("--each", () => {
  test("writes a torrent for every file, into a folder", async () => {
    const cwd = await folderWith({ "in/a": "a", "in/sub/b": "b" });
    const { code, out } = await installed.run(["create", "in", "--each", "--out", "new/out"], { cwd });
    expect(code).toBe(0);
    expect(out.match(/\S+\.torrent/g)).toEqual(["new/out/a.torrent", "new/out/b.torrent"]);
    expect(await readdir(join(cwd, "new/out"))).toEqual(["a.torrent", "b.torrent"]);
    expect((await readTorrent(cwd, "new/out/b.torrent")).info).toMatchObject({ name: "b", isFolder: false });
  });

  test("refuses files that would get the same torrent before it writes one", async () => {
    const cwd = await folderWith({ "in/a": "a", "in/sub/a": "b" });
    const { code, err } = await installed.run(["create", "in", "--each"], { cwd });
    expect([code, err]).toEqual([1, expect.stringContaining("Two files would get a.torrent. Rename one")]);
    expect(await readdir(cwd)).toEqual(["in"]);
  });

  test("says so when there is no file", async () => {
    const cwd = await temporaryFolder();
    const { code, err } = await installed.run(["create", ".", "--each"], { cwd });
    expect([code, err]).toEqual([1, expect.stringContaining("There are no files in it.")]);
  });
});

test("what is left out is reported", async () => {
  const cwd = await folderWith({ "in/a": "a" });
  await symlink("/etc/passwd", join(cwd, "in", "evil\u001b[31m"));
  const args = ["create", "in"];
  const { err } = await installed.run(args, { cwd });
  expect(err).toContain("Left out: in/evil [31m. It is a link that leads out of the folder.\n");
  expect((await readTorrent(cwd, "in.torrent")).info.files).toHaveLength(1);

  for (let at = 0; at < 30; at++) await symlink("gone", join(cwd, "in", `link-${at}`));
  const many = await installed.run([...args, "--out", "2.torrent"], { cwd });
  expect(many.err.match(/Left out: in\//g)).toHaveLength(20);
  expect(many.err).toContain("Left out: 11 more.\n");
  const json = await installed.run([...args, "--out", "3.torrent", "--json"], { cwd });
  expect(json.out.match(/"skipped"/g)).toHaveLength(31);
});

test("it refuses to overwrite a file before it hashes anything", async () => {
  const cwd = await folderWith({ a: "", "a.torrent": "mine" });
  await truncate(join(cwd, "a"), 2 ** 40); // Would take half an hour.
  const { code, out, err } = await installed.run(["create", "a"], { cwd });
  expect([code, out, err]).toEqual([
    1,
    "",
    "tabswarm: a.torrent exists already. Remove it, or choose another name.\n",
  ]);
  expect(await readFile(join(cwd, "a.torrent"), "utf8")).toBe("mine");
});

test("--force replaces a .torrent, but neither a folder nor a file that is shared", async () => {
  const cwd = await folderWith({ a: "content", "a.torrent": "old" });
  const { code } = await installed.run(["create", "a", "--force"], { cwd });
  expect(code).toBe(0);
  expect(await readFile(join(cwd, "a.torrent"), "latin1")).toMatch(/^d.*4:info/);
  await mkdir(join(cwd, "folder"));
  await symlink("a", join(cwd, "alias"));
  for (const [out, why] of [
    ["a", "a is one of the files to share."],
    ["alias", "alias is one of the files to share."],
    ["folder", "folder is a folder."],
  ] as const) {
    const refused = await installed.run(["create", "a", "--force", "--out", out], { cwd });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(why)]);
  }
  expect(await readFile(join(cwd, "a"), "utf8")).toBe("content");
  expect(await readdir(cwd)).toHaveLength(4);
});

describe("a failure is a sentence, and leaves nothing behind:", () => {
  test("a file that is not there, as text and as JSON", async () => {
    const cwd = await temporaryFolder();
    const { code, err } = await installed.run(["create", "gone"], { cwd });
    expect([code, err]).toEqual([1, expect.stringMatching(/^tabswarm: gone is not there\. .+\n$/)]);
    const json = await installed.run(["create", "gone", "--json"], { cwd });
    expect([json.code, jsonLines(json.out)]).toEqual([
      1,
      [{ type: "error", message: expect.stringContaining("gone is not there.") }],
    ]);
  });

  test.runIf(process.platform !== "win32")("a file that may not be read", async () => {
    const cwd = await folderWith({ "in/a": "a", "in/b": "b" });
    await chmod(join(cwd, "in/b"), 0o000);
    await chmod(cwd, 0o777);
    // Root may read everything.
    const conditions = process.getuid?.() === 0 ? { cwd, uid: 65_534 } : { cwd };
    const { code, err } = await installed.run(["create", "in"], conditions);
    expect([code, err]).toEqual([1, expect.stringContaining("There is no permission for")]);
    expect(err).toContain("in/b");
    expect(await readdir(cwd)).toEqual(["in"]);
  });

  test("a file that changes while it is hashed", async () => {
    const cwd = await folderWith({ film: "" });
    await truncate(join(cwd, "film"), 2 ** 40); // Too large to be hashed before it changes.
    const child = installed.start(["create", "film", "--json"], { cwd });
    const end = finished(child);
    await lineOf(child, /progress/);
    await truncate(join(cwd, "film"), 10);
    const { code, out } = await end;
    expect(code).toBe(1);
    expect(jsonLines(out).at(-1)).toEqual({
      type: "error",
      message: expect.stringMatching(/film changed while it was being read\. Try again/),
    });
    expect(await readdir(cwd)).toEqual(["film"]);
  });

  const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;
  test.runIf(canMount)("a full disk", async () => {
    const cwd = await folderWith({ "disk/.keep": "", film: "" });
    await truncate(join(cwd, "film"), 8_192 * 16_384); // 160 kB of hashes.
    const mount = `mount -t tmpfs -o size=64k tmpfs disk && "$@"; code=$?; ls -A disk; exit $code`;
    const command = [process.execPath, installed.script, "create", "film", "--piece-length", "16K"];
    const child = spawn("unshare", ["-rm", "sh", "-c", mount, "sh", ...command, "--out", "disk/x.torrent"], {
      cwd,
    });
    expect(await finished(child)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("There is no space left for disk/x.torrent."),
    });
  });

  const announces = Array.from({ length: 21 }, (_, n) => ["--announce", `udp://${n}.example`]).flat();
  test.each([
    ["an empty folder", ["empty"], "There are no files in it."],
    ["one file twice", ["a", "a"], 'Two of the things you chose are called "a".'],
    ["a name that is a path", ["a", "--name", "x/y"], 'A torrent cannot be called "x/y".'],
    ["no folder for the torrent", ["a", "--out", "no/a.torrent"], "no is not there."],
    ["too many trackers", ["a", ...announces], "at most 20 trackers"],
  ])("%s", async (_, args, sentence) => {
    const cwd = await folderWith({ a: "a" });
    await mkdir(join(cwd, "empty"));
    const { code, out, err } = await installed.run(["create", ...args], { cwd });
    expect([code, out, err]).toEqual([1, "", expect.stringContaining(sentence)]);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(await readdir(cwd)).toEqual(["a", "empty"]);
  });
});

test.each(["create", "seed"])("%s says how long pieces are by default", async (name) => {
  const { out } = await installed.run([name, "--help"]);
  expect(out.replaceAll(/\s+/g, " ")).toContain(
    "by default 64K, from 32M on 128K, from 64M on 512K, and more",
  );
  expect([2 ** 25 - 1, 2 ** 25, 2 ** 26].map(pieceLengthFor)).toEqual([2 ** 16, 2 ** 17, 2 ** 19]);
});

test("killed while it hashes, it leaves nothing behind", async () => {
  const cwd = await folderWith({ film: "" });
  await truncate(join(cwd, "film"), 2 ** 40);
  const child = installed.start(["create", "film", "--json"], { cwd });
  await lineOf(child, /progress/);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await readdir(cwd)).toEqual(["film"]);
});

const hasTerminal = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;
test.runIf(hasTerminal)("a terminal shows a bar, and Ctrl-C ends it and the command", async () => {
  const cwd = await folderWith({ film: "" });
  await truncate(join(cwd, "film"), 2 ** 40);
  const command = `${process.execPath} ${installed.script} create film`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd });
  const end = finished(child);
  await lineOf(child, /Hashing film .*%/);
  child.stdin.write("\u0003");
  const { code, out } = await end;
  expect(code).toBe(128 + 2); // The shell's code for SIGINT.
  expect(out.lastIndexOf("\u001b[?7h")).toBeGreaterThan(out.lastIndexOf("\u001b[?7l")); // Lines wrap again.
  expect(await readdir(cwd)).toEqual(["film"]);
});

test("--log-dir writes the log into its folder", async () => {
  const cwd = await folderWith({ a: "a" });
  const { err } = await installed.run(["create", "a", "--log-dir", "logs"], { cwd });
  expect(err).toBe("Hashing a (1 byte)\n");
  const log = await readFile(join(cwd, "logs", "create.log"), "utf8");
  expect(jsonLines(log)).toMatchObject([{ msg: "torrent written", file: "a.torrent" }]);
  const failed = await installed.run(["create", "a", "--log-level", "error"], { cwd });
  expect(jsonLines(failed.err.split("\n")[0] ?? "")).toMatchObject([
    { level: 50, msg: expect.stringContaining("a.torrent exists already.") },
  ]);
});

test.each([
  [["create"], "missing required argument 'path'"],
  [["create", "a", "--piece-length", "24K"], "a power of two from 16K to 16M"],
  [["create", "a", "--piece-length", "32M"], "a power of two from 16K to 16M"],
  [["create", "a", "--announce", "example.org"], "http://192.168.1.5:8000"],
  [["create", "a", "--each", "--name", "b"], "Leave out --name, or --each."],
  [["create", "a", "--overwrite"], "unknown option"],
])("%j is wrong usage, and the message says why", async (args, message) => {
  const { code, out, err } = await installed.run(args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(message);
});
