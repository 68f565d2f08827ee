import { createReadStream, type Stats, unwatchFile, watchFile } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf } from "#shared/base/errors.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { MAX_LIST_BYTES, MAX_LISTED_TORRENTS } from "../limits/catalog.ts";

/** How often to look whether a list has changed. */
const LOOK_MILLIS = 2_000;

/** Called with a sentence about something in a list that was left out, or a list that could not be read again. */
export type ListWarning = (sentence: string) => void;

/**
 * Info-hashes from a file, one a line in 40 hex digits; what follows one after a blank is a comment, and so is a line that begins
 * with `#`. The file is read again when it changes. If that fails, the list stays as it was.
 */
export class InfoHashList {
  readonly #file: string;
  readonly #warn: ListWarning;
  readonly #look: (now: Stats, before: Stats) => void;
  readonly #listeners: (() => void)[] = [];
  #hashes: ReadonlySet<InfoHash>;
  /** Ends when the file has been read as often as it has changed. */
  #reading: Promise<void> = Promise.resolve();

  /** Rejects with the system's error, or one that says that the file is too large. `lookMillis`: how often to look for changes. */
  static async open(file: string, warn: ListWarning, lookMillis = LOOK_MILLIS): Promise<InfoHashList> {
    return new InfoHashList(file, warn, lookMillis, await readList(file, warn));
  }

  private constructor(file: string, warn: ListWarning, lookMillis: number, hashes: ReadonlySet<InfoHash>) {
    this.#file = file;
    this.#warn = warn;
    this.#hashes = hashes;
    this.#look = (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
      this.#reading = this.#reading.then(() => this.#readAgain());
    };
    watchFile(file, { interval: lookMillis, persistent: false }, this.#look);
  }

  /** Calls the listener whenever the list has been read again. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  has(infoHash: InfoHash): boolean {
    return this.#hashes.has(infoHash);
  }

  close(): void {
    unwatchFile(this.#file, this.#look);
  }

  async #readAgain(): Promise<void> {
    try {
      this.#hashes = await readList(this.#file, this.#warn);
    } catch (error) {
      const problem = messageOf(error);
      this.#warn(`The list ${this.#file} cannot be read again (${problem}), so it stays as it was.`);
      return;
    }
    for (const listener of this.#listeners) listener();
  }
}

/** Characters that are kept of a line whose end has not been read: the rest is comment. Joining long pieces would take minutes. */
const MAX_LINE_START = 1_024;

/** Reads piece by piece, so that announces are answered meanwhile. */
async function readList(file: string, warn: ListWarning): Promise<ReadonlySet<InfoHash>> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new Error("it is not a file"); // Reading a pipe would wait.
  if (stats.size > MAX_LIST_BYTES) throw new Error(`it has more than ${MAX_LIST_BYTES} bytes`);
  const hashes = new Set<InfoHash>();
  const leftOut = { first: 0, count: 0 };
  let lineNumber = 0;
  let leftOver = "";
  const take = (line: string): void => {
    lineNumber += 1;
    const [word = ""] = line.trim().split(/\s/, 1);
    if (word === "" || word.startsWith("#")) return;
    const infoHash = parseInfoHash(word);
    if (infoHash !== undefined && hashes.size < MAX_LISTED_TORRENTS) hashes.add(infoHash);
    else {
      if (leftOut.count === 0) leftOut.first = lineNumber;
      leftOut.count += 1;
    }
  };
  // One more byte than allowed at most: the file may grow meanwhile.
  for await (const part of createReadStream(file, { encoding: "latin1", end: MAX_LIST_BYTES })) {
    const lines = (leftOver + part).replace(/^\xef\xbb\xbf/, "").split("\n");
    leftOver = (lines.pop() ?? "").trimStart().slice(0, MAX_LINE_START);
    for (const line of lines) take(line);
  }
  if (leftOver !== "") take(leftOver);
  if (leftOut.count > 0) warn(leftOutSentence(file, leftOut, hashes.size));
  return hashes;
}

function leftOutSentence(
  file: string,
  { first, count }: { readonly first: number; readonly count: number },
  kept: number,
): string {
  const others = count === 1 ? "" : `, and ${count - 1} more lines`;
  const reason =
    kept === MAX_LISTED_TORRENTS
      ? `a list holds at most ${MAX_LISTED_TORRENTS} torrents`
      : "an info-hash has 40 hex digits";
  return `The list ${file}: line ${first} was left out${others}: ${reason}.`;
}
