import { createReadStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { openNew } from "#disk/new-file.ts";
import { messageOf } from "#shared/base/errors.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import { MAX_SNAPSHOT_BYTES, SNAPSHOT_LINES_AT_ONCE, SNAPSHOT_MILLIS } from "../../limits/memory.ts";
import { ADDRESS_LIFETIME_MILLIS } from "../../limits/swarms.ts";
import { downloadsLine, endLine, expiryOf, memberLine, readSwarmLine, startLine } from "./swarm-lines.ts";
import type { MemorySwarmStore } from "./swarm-store.ts";

/** What it takes to read and write the file in which swarms outlive a restart. */
export interface SwarmFileOptions {
  readonly store: MemorySwarmStore;
  readonly folder: string;
  /** The store's clock, and the time since 1970, both in milliseconds. */
  readonly now: () => Millis;
  readonly unixNow: () => number;
  /** Undefined: all torrents are allowed. */
  readonly isAllowed: ((infoHash: InfoHash) => boolean) | undefined;
  /** Called with a sentence about a file that could not be read. */
  readonly warn: (sentence: string) => void;
}

/** The longest line is a third of it. */
const MAX_LINE_CHARACTERS = 1_024;

const fileIn = (folder: string): string => join(folder, "swarms");

/**
 * Writes the members with addresses and the counts of completed downloads, a piece at a time, so that announces are answered
 * meanwhile. The file is complete or the one before. Rejects with the system's error.
 */
export async function writeSwarms({ store, folder, now, unixNow }: SwarmFileOptions): Promise<void> {
  const path = fileIn(folder);
  const newPath = `${path}.new`;
  const ahead = unixNow() - now();
  const file = await openNew(newPath, 0o600); // It tells who downloads what.
  try {
    await file.write(startLine());
    const lines = linesOf(store, (at) => at + ahead);
    for (let isDone = false; !isDone; ) {
      let text = "";
      for (let count = 0; count < SNAPSHOT_LINES_AT_ONCE && !isDone; count++) {
        const { done = false, value = "" } = lines.next();
        isDone = done;
        text += value;
      }
      await file.write(text);
    }
    await file.write(endLine());
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(newPath, path);
}

function* linesOf(store: MemorySwarmStore, unixOf: (at: Millis) => number): Generator<string, undefined> {
  for (const [infoHash, downloaded] of store.downloads()) yield downloadsLine(infoHash, downloaded);
  for (const member of store.addressMembers()) yield memberLine(member, unixOf);
  return undefined;
}

/**
 * Fills the empty store from the file, if there is one. Whatever cannot be read is left out, and then the file is put aside under
 * another name, and `warn` says so. Does not reject.
 */
export async function readSwarms(options: SwarmFileOptions): Promise<void> {
  const path = fileIn(options.folder);
  const problem = await tryToRead(path, options).catch((error: unknown) =>
    error instanceof Error && "code" in error && error.code === "ENOENT" ? undefined : String(error),
  );
  if (problem === undefined) return;
  const aside = `${path}.broken`;
  const kept = await rename(path, aside).then(
    () => `It is kept as ${aside}.`,
    () => "",
  );
  options.warn(
    `The swarms of before the restart could not all be read from ${path}: ${problem}. ${kept}`.trim(),
  );
}

/** Returns what was wrong. */
async function tryToRead(path: string, options: SwarmFileOptions): Promise<string | undefined> {
  const stats = await stat(path);
  if (!stats.isFile()) return "it is not a file";
  if (stats.size > MAX_SNAPSHOT_BYTES) return `it has more than ${MAX_SNAPSHOT_BYTES} bytes`;
  const reader = new SwarmReader(options);
  let leftOver = "";
  for await (const part of createReadStream(path, { encoding: "latin1" })) {
    const lines = (leftOver + part).split("\n");
    leftOver = lines.pop() ?? "";
    if (leftOver.length > MAX_LINE_CHARACTERS) return "it is not a list of swarms";
    for (let at = 0; at < lines.length; at += SNAPSHOT_LINES_AT_ONCE) {
      for (const line of lines.slice(at, at + SNAPSHOT_LINES_AT_ONCE)) reader.take(line);
      await setImmediate();
    }
  }
  if (leftOver !== "") reader.take(leftOver);
  return reader.problem();
}

class SwarmReader {
  readonly #options: SwarmFileOptions;
  readonly #now: Millis;
  readonly #unixNow: number;
  #lineCount = 0;
  #badLines = 0;
  #hasEnded = false;

  constructor(options: SwarmFileOptions) {
    this.#options = options;
    this.#now = options.now();
    this.#unixNow = options.unixNow();
  }

  take(text: string): void {
    const { store, isAllowed } = this.#options;
    this.#lineCount += 1;
    const line = readSwarmLine(text);
    if (line === undefined || (line.type === "start") !== (this.#lineCount === 1)) this.#badLines += 1;
    else if (line.type === "downloads") store.restoreDownloads(line.infoHash, line.downloaded);
    else if (line.type === "end") this.#hasEnded = true;
    else if (line.type === "member") {
      const { infoHash } = line.member;
      const latest = (this.#now + ADDRESS_LIFETIME_MILLIS) as Millis;
      const expiresAt = expiryOf(line.expiresAtUnix, this.#now, this.#unixNow, latest);
      if (expiresAt <= this.#now || isAllowed?.(infoHash) === false) return;
      store.put(infoHash, { ...line.member, expiresAt });
    }
  }

  problem(): string | undefined {
    if (this.#badLines > 0) return `${this.#badLines} of ${this.#lineCount} lines make no sense`;
    return this.#hasEnded ? undefined : "its end is missing";
  }
}

/** Writes the swarms every minute, or as often as given, until `close`, and then once more. */
export function keepSwarms(
  options: SwarmFileOptions,
  everyMillis = SNAPSHOT_MILLIS,
): { close(): Promise<void> } {
  let writing: Promise<void> | undefined;
  const write = (): Promise<void> =>
    writeSwarms(options).catch((error: unknown) => {
      options.warn(
        `The swarms cannot be written (${messageOf(error)}), so a restart would lose them. The tracker goes on and tries again every minute.`,
      );
    });
  const timer = setInterval(() => {
    writing ??= write().finally(() => {
      writing = undefined;
    });
  }, everyMillis);
  return {
    close: async () => {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
