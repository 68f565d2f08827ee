import { StorageError } from "#shared/driver/ports.ts";
import { discardArrival, readArrivals, takeArrival, uniqueNames } from "#web/service-worker/inbox.ts";
import type { Arrival, PickedFile } from "./client.ts";

/** The name of a file of text that another app has shared. */
const TEXT_NAME = "Shared text.txt";

const NOT_READ = "The browser could not read what was shared with this page. Share it once more.";

/** What the service worker has taken from other apps. Rejects with a `StorageError` if the browser cannot read it. */
export async function waitingArrivals(): Promise<readonly Arrival[]> {
  try {
    return await readWaiting();
  } catch {
    throw new StorageError(NOT_READ);
  }
}

async function readWaiting(): Promise<readonly Arrival[]> {
  const waiting = await readArrivals();
  const names = namesOf(waiting);
  return Promise.all(
    waiting.map(async (arrival, at) => ({
      text: arrival.text,
      leftOut: arrival.leftOut,
      files: await Promise.all(
        arrival.files.map(({ handle }, file) => picked(names[at]?.[file] ?? "", handle)),
      ),
      textFile: arrival.textFile && (await picked(names[at]?.at(-1) ?? "", arrival.textFile)),
      answer: (isWanted) => {
        const done = isWanted ? takeArrival(arrival) : discardArrival(arrival);
        done.catch(() => {}); // Another tab was faster.
      },
    })),
  );
}

/** The names of each one's files, and of its text. They are shared together, so no two are equal. */
function namesOf(waiting: readonly { readonly files: readonly { readonly name: string }[] }[]) {
  const unique = [...uniqueNames(waiting.flatMap(({ files }) => [...files, { name: TEXT_NAME }]))];
  return waiting.map(({ files }) => unique.splice(0, files.length + 1));
}

/** With its handle the page finds it again after a reload. */
async function picked(path: string, handle: FileSystemFileHandle): Promise<PickedFile> {
  return { path, file: await handle.getFile(), handle };
}
