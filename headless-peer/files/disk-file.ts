import * as fs from "node:fs";
import { type BigIntStats, constants } from "node:fs";
import { promisify } from "node:util";
import { Descriptor } from "./descriptor.ts";
import { ChangedError, errorCode, inTheWayError, onDisk } from "./disk-error.ts";
import {
  type FileStamp,
  type Identity,
  identityOf,
  isSameIdentity,
  isSameStamp,
  stampOf,
  statOf,
} from "./file-stats.ts";
import type { KnownFolder } from "./known-folder.ts";
import type { Openable } from "./open-files.ts";

// The functions of `node:fs/promises` take half as much time again.
const link = promisify(fs.link);
const rename = promisify(fs.rename);
const unlink = promisify(fs.unlink);

type Phase =
  /** Created by the first write. */
  | { readonly type: "missing" }
  /** Ours, and being filled. */
  | { readonly type: "growing"; readonly identity: Identity }
  /** Only read, and must stay as it is. */
  | { readonly type: "fixed"; readonly stamp: FileStamp };

/**
 * How long a change of a fixed file may stay unseen while it is read again and again: a look after each read costs a seeder 7 %
 * of its time. Bytes sent in the meantime are as likely wrong as those of a change just after a look, and the receiver checks
 * them against the torrent's hashes.
 */
export const UNSEEN_MILLIS = 100;

const NO_LINKS = constants.O_NOFOLLOW ?? 0; // Windows lacks it.
const NO_WAITING = constants.O_NONBLOCK ?? 0; // Opening a pipe would wait, if one is there now.
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_LINKS;
const GROW = constants.O_RDWR | NO_LINKS | NO_WAITING;
const READ = constants.O_RDONLY | NO_LINKS | NO_WAITING;

/** Errors of file systems without hard links. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EMLINK"]);

/**
 * One file on the disk.
 *
 * Invariant: it stands for the same file all the time. If the path now leads to another file, opening fails.
 */
export class DiskFile implements Openable {
  #path: string;
  #phase: Phase;
  /** When we last saw it unchanged. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #folder: KnownFolder | undefined;

  /** `folder` is its folder, to be checked for replacement before the file is opened. */
  constructor(path: string, phase: Phase, folder?: KnownFolder) {
    this.#path = path;
    this.#phase = phase;
    this.#folder = folder;
  }

  get path(): string {
    return this.#path;
  }

  get type(): Phase["type"] {
    return this.#phase.type;
  }

  /** Rejects with a `StorageError`, also when the file is another one. */
  open(): Promise<Descriptor> {
    return onDisk(this.#path, () => this.#open());
  }

  /**
   * Makes sure, after a read, that a fixed file has not changed. It does not look again within `UNSEEN_MILLIS` of the last
   * look.
   */
  async refuseIfChanged(): Promise<void> {
    if (this.#phase.type !== "fixed") return;
    if (performance.now() - this.#lookedAt >= UNSEEN_MILLIS) await this.refuseIfChangedNow();
  }

  /** The same, however short ago the last look was. */
  async refuseIfChangedNow(): Promise<void> {
    if (this.#phase.type !== "fixed") return;
    const now = performance.now();
    const stats = await statOf(this.#path);
    if (stats === undefined || !isSame(this.#phase, stats)) throw new ChangedError(this.#path);
    this.#lookedAt = now;
  }

  /** Accepts a fixed file as it is now. False: it is missing or has another size, so it cannot be what it was. */
  async takeTouched(): Promise<boolean> {
    const phase = this.#phase;
    const stats = phase.type === "fixed" ? await statOf(this.#path) : undefined;
    if (phase.type !== "fixed" || stats?.isFile() !== true) return false;
    const stamp = stampOf(stats);
    if (stamp.bytes !== phase.stamp.bytes) return false;
    this.#phase = { type: "fixed", stamp };
    return true;
  }

  /** Its stamp. Undefined: it does not exist. */
  async stamp(): Promise<FileStamp | undefined> {
    if (this.#phase.type === "fixed") return this.#phase.stamp;
    const stats = this.#phase.type === "missing" ? undefined : await statOf(this.#path);
    return stats && stampOf(stats);
  }

  /** Gives a whole and synced file with these stats its final name; from then on it is only read. Overwrites nothing. */
  async finish(stats: BigIntStats, finalPath: string): Promise<void> {
    const named = await statOf(this.#path);
    if (named?.ino !== stats.ino) throw new ChangedError(this.#path);
    await this.#folder?.refuseIfReplaced();
    await onDisk(finalPath, () => moveOver(this.#path, finalPath));
    this.#path = finalPath;
    this.#phase = { type: "fixed", stamp: stampOf(stats) };
  }

  async #open(): Promise<Descriptor> {
    const phase = this.#phase;
    await this.#folder?.refuseIfReplaced();
    if (phase.type === "missing") {
      const handle = await Descriptor.open(this.#path, CREATE).catch((error: unknown) => {
        throw errorCode(error) === "EEXIST" ? inTheWayError(this.#path, "another program made it") : error;
      });
      this.#phase = { type: "growing", identity: identityOf(await handle.stat()) };
      return handle;
    }
    const handle = await Descriptor.open(this.#path, phase.type === "fixed" ? READ : GROW).catch(
      (error: unknown) => {
        throw errorCode(error) === "ENOENT" ? new ChangedError(this.#path) : error;
      },
    );
    const lookedAt = performance.now();
    if (isSame(phase, await handle.stat())) {
      this.#lookedAt = lookedAt;
      return handle;
    }
    await handle.close();
    throw new ChangedError(this.#path);
  }
}

function isSame(phase: Exclude<Phase, { type: "missing" }>, stats: BigIntStats): boolean {
  if (phase.type === "fixed") return isSameStamp(phase.stamp, stampOf(stats));
  return isSameIdentity(phase.identity, stats);
}

/** Links rather than renames, so that it cannot replace a file; renames on file systems without hard links. */
async function moveOver(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_HARD_LINKS.has(errorCode(error) ?? "")) throw error;
    if ((await statOf(to)) !== undefined) throw inTheWayError(to, "it appeared during the download");
    return rename(from, to);
  }
  await unlink(from);
}
