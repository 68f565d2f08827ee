import { open } from "node:fs/promises";
import { StorageError } from "#shared/driver/ports.ts";
import { onDisk } from "../files/disk-error.ts";

const READ_BYTES = 256 * 1024;

/**
 * Reads a file, and no more of it than `most` bytes: devices have no size, and a file may grow, so what size it says it has
 * is not asked. Rejects with a `StorageError`.
 */
export function readStart(path: string, most: number): Promise<Uint8Array> {
  return onDisk(path, async () => {
    const chunks: Uint8Array[] = [];
    const handle = await open(path, "r");
    try {
      if ((await handle.stat()).isDirectory()) throw new StorageError(`${path} is a folder. Name a file.`);
      const options = { end: most - 1, highWaterMark: READ_BYTES, autoClose: false };
      for await (const chunk of handle.createReadStream(options)) chunks.push(chunk);
    } finally {
      await handle.close();
    }
    return Buffer.concat(chunks);
  });
}
