import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { EntryKey } from "../client.ts";
import { MAX_PREVIEW_BYTES } from "../preview-bounds.ts";
import { DaemonApi } from "./daemon-api.ts";
import { DaemonFiles } from "./files.ts";
import { DaemonTorrents } from "./torrents.ts";

const HASH = "1".repeat(40);
const KEY = HASH as EntryKey;
/** Longer than any answer may be silent. */
const LONG_MILLIS = 30_000;

afterEach(() => {
  vi.restoreAllMocks(); // First: it would bring back the timers that it was put over.
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The files of a torrent with one video and one text, on a server that answers like this. */
async function filesOn(answer: RequestListener): Promise<DaemonFiles> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const torrents = new DaemonTorrents();
  torrents.take({
    infoHash: HASH,
    files: [
      { index: 0, path: "a/film.mp4", bytes: 50_000_000, selected: true },
      { index: 1, path: "a/empty.txt", bytes: 0, selected: true },
    ],
  });
  const { port } = server.address() as AddressInfo;
  return new DaemonFiles(new DaemonApi(`http://127.0.0.1:${port}`, () => "token"), torrents);
}

const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** What is clicked instead of links of a page. */
function clickedLinks(): string[] {
  const clicked: string[] = [];
  const createElement = () => {
    const link = { href: "", download: "", click: () => clicked.push(`${link.href} as ${link.download}`) };
    return link;
  };
  vi.stubGlobal("document", { createElement });
  return clicked;
}

test("a file is played and saved from the address that the daemon makes for it", async () => {
  const clicked = clickedLinks();
  const files = await filesOn((request, response) =>
    json(response, 200, { path: `/files/secret/${request.method}${request.url}` }),
  );
  const path = `/files/secret/POST/api/torrents/${HASH}/files/0/address`;
  expect(await files.play(KEY, 0)).toMatchObject({ state: "plays", kind: "video", url: path });
  await files.saveFile(KEY, 0);
  expect(clicked).toEqual([`${path} as film.mp4`]);
});

test.each([
  ["on another server", "https://elsewhere.example/files/a"],
  ["on another server, too", "//elsewhere.example/files/a"],
  ["a script", "javascript:alert(1)"],
  ["of something else", "/api/torrents"],
  ["with a backslash", "/files/a\\b"],
  ["with a space", "/files/a b"],
  ["too long", `/files/${"a".repeat(4_001)}`],
  ["a number", 5],
  ["missing", undefined],
])("the page does not follow an address that is no path of a file: %s", async (_, path) => {
  const clicked = clickedLinks();
  const files = await filesOn((_request, response) => json(response, 200, { path }));
  expect(await files.play(KEY, 0)).toEqual({ state: "not", why: "not-readable" });
  await expect(files.saveFile(KEY, 0)).rejects.toThrow("The daemon gave no address of this file");
  expect(clicked).toEqual([]);
});

test.each([401, 404, 500])(
  "a file that the daemon refuses with %i cannot be read or played",
  async (status) => {
    const error = { code: "notComplete", message: "This file is not complete yet." };
    const files = await filesOn((_, response) => json(response, status, { error }));
    expect(await files.readFile(KEY, 0)).toBeUndefined();
    expect(await files.play(KEY, 0)).toEqual({ state: "not", why: "not-readable" });
    expect(await files.readFile(KEY, 7)).toBeUndefined();
  },
);

test("a file whose connection breaks cannot be read", async () => {
  const files = await filesOn((_, response) => {
    response.writeHead(206, { "content-length": "100" }).write("half", () => response.destroy());
  });
  expect(await files.readFile(KEY, 0)).toBeUndefined();
});

test("a preview asks for the beginning of a file, and takes no more, whatever it gets", async () => {
  const ranges: unknown[] = [];
  const files = await filesOn((request, response) => {
    ranges.push(request.headers.range);
    response.end(Buffer.alloc(MAX_PREVIEW_BYTES + 1_000_000));
  });
  expect((await files.readFile(KEY, 0))?.size).toBe(MAX_PREVIEW_BYTES);
  expect((await files.readFile(KEY, 1))?.size).toBe(0);
  expect(ranges).toEqual([`bytes=0-${MAX_PREVIEW_BYTES - 1}`]);
});

test("a file may arrive slowly, but an answer that falls silent is given up", async () => {
  const answers: ServerResponse[] = [];
  const files = await filesOn((_, response) => {
    answers.push(response);
    response.writeHead(206).flushHeaders();
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const timers = vi.spyOn(globalThis, "setTimeout");
  /** Waits until the page has so much of the answer. */
  const read = async (parts: number): Promise<void> => {
    while (answers.length === 0 || timers.mock.calls.length < 1 + parts) await new Promise(setImmediate);
  };
  const reading = files.readFile(KEY, 0);
  await read(0);
  for (const part of [1, 2, 3]) {
    vi.advanceTimersByTime(LONG_MILLIS - 1);
    answers[0]?.write("x");
    await read(part);
  }
  answers[0]?.end();
  expect(await (await reading)?.text()).toBe("xxx");
  expect(vi.getTimerCount()).toBe(0);

  timers.mockClear();
  answers.length = 0;
  const silent = files.readFile(KEY, 0);
  await read(0);
  vi.advanceTimersByTime(LONG_MILLIS);
  expect(await silent).toBeUndefined();
});
