import { closeSync, constants, openSync, readSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { StorageError } from "#shared/driver/ports.ts";
import { errorCode, onDisk } from "../files/disk-error.ts";

const READ_BYTES = 256 * 1024;

/**
 * Reads at most `most` bytes of a file. It does not trust the file's size: devices have none, and a file may grow. It also
 * reads a pipe, such as a shell's `<(…)`, if somebody has it open for writing. Rejects with a `StorageError`.
 */
export function readStart(path: string, most: number): Promise<Uint8Array> {
  return onDisk(path, async () => {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new StorageError(`${path} is a folder. Name a file.`);
    if (stats.isSocket()) throw new StorageError(`${path} is a socket. Name a file.`);
    const chunks = stats.isFIFO() ? readPipe(path, most) : readFile(path, most);
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    return Buffer.concat(read);
  });
}

async function* readFile(path: string, most: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path, "r");
  try {
    yield* handle.createReadStream({ end: most - 1, highWaterMark: READ_BYTES, autoClose: false });
  } finally {
    await handle.close();
  }
}

/** Opens without waiting: waiting for a writer would block one of Node's few threads, out of reach of any signal. */
async function* readPipe(path: string, most: number): AsyncGenerator<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const first = readNow(fd);
  const pipe = new Socket({ fd, readable: true, writable: false });
  try {
    if (first?.length === 0) {
      throw new StorageError(
        `${path} is a pipe that nobody writes to. Start the writer first, or name a file.`,
      );
    }
    if (first !== undefined) yield first;
    let left = most - (first?.length ?? 0);
    for await (const chunk of pipe) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  } finally {
    pipe.destroy();
  }
}

/** The first byte. Empty: nobody writes. Undefined: somebody will. */
function readNow(fd: number): Uint8Array | undefined {
  const buffer = Buffer.alloc(1);
  try {
    return buffer.subarray(0, readSync(fd, buffer));
  } catch (error) {
    if (errorCode(error) === "EAGAIN") return undefined;
    closeSync(fd);
    throw error;
  }
}
