// What other apps have shared with this page, in the origin's private file system: a page that shares it on has handles to it, which
// outlive a reload. The service worker puts it there, and the page takes it.

/** A file that has arrived. */
interface ArrivedFile {
  /** Its own, without folders. No two of one arrival are equal. */
  readonly name: string;
  readonly handle: FileSystemFileHandle;
}

/** What somebody has shared at once. */
export interface Arrival {
  readonly id: string;
  readonly files: readonly ArrivedFile[];
  /** Title, text and address, as far as there are any. May be empty. */
  readonly text: string;
  /** The same as a file. Undefined: there is no text. */
  readonly textFile: FileSystemFileHandle | undefined;
  /** How many files were one too many. */
  readonly leftOut: number;
}

const FOLDER = "arrivals";
/** Written last: what has no list has not arrived whole, or was taken. */
const LIST = "list";
const TEXT = "text";

/** What the list says. */
interface List {
  readonly names: readonly string[];
  readonly text: string;
  readonly leftOut: number;
}

/** More than anybody picks by hand. Each is a file of its own, and a line of the list. */
const MAX_ARRIVED_FILES = 1_000;
/** A long article. Any website can send a form here. */
const MAX_TEXT_CHARACTERS = 100_000;
/** Any website can fill these, and nothing else: beyond them, the oldest go. */
const MAX_ARRIVALS = 8;
/** The system's limit for names, in UTF-16 units; the longest that people give are far shorter. */
const MAX_NAME_CHARACTERS = 255;
/** Names of a thousand files, with the text. Anything longer is not ours. */
const MAX_LIST_BYTES = 4_000_000;

/** Keeps files and a text. Rejects, with nothing kept, if there is no room. */
export async function putArrival(files: readonly File[], text: string, now: number): Promise<void> {
  const inbox = await inboxFolder(true);
  await keepNewest(inbox, MAX_ARRIVALS - 1);
  const id = `${now}-${crypto.randomUUID()}`;
  const folder = await inbox.getDirectoryHandle(id, { create: true });
  const kept = files.slice(0, MAX_ARRIVED_FILES);
  const cut = text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;
  const list = { names: uniqueNames(kept), text: cut, leftOut: files.length - kept.length };
  try {
    for (const [at, file] of kept.entries()) await write(folder, String(at), file);
    if (cut !== "") await write(folder, TEXT, cut);
    await write(folder, LIST, JSON.stringify(list));
  } catch (error) {
    await inbox.removeEntry(id, { recursive: true });
    throw error;
  }
}

/** What waits for the person, the oldest first. */
export async function readArrivals(): Promise<readonly Arrival[]> {
  const inbox = await inboxFolder(true);
  const arrivals: Arrival[] = [];
  for (const id of await idsIn(inbox)) {
    const arrival = await readArrival(id, await inbox.getDirectoryHandle(id)).catch(() => undefined); // Not whole.
    if (arrival !== undefined) arrivals.push(arrival);
  }
  return arrivals;
}

/** It no longer waits; its files stay for whoever shares them. */
export async function takeArrival({ id }: Arrival): Promise<void> {
  await (await (await inboxFolder(true)).getDirectoryHandle(id)).removeEntry(LIST);
}

/** Deletes it. */
export async function discardArrival({ id }: Arrival): Promise<void> {
  await (await inboxFolder(true)).removeEntry(id, { recursive: true });
}

/** Deletes what came before this time and is none of these handles. */
export async function sweepArrivals(
  handles: readonly FileSystemHandle[],
  beforeMillis: number,
): Promise<void> {
  const inbox = await inboxFolder(false);
  const used = new Set<string | undefined>();
  for (const handle of handles) used.add((await inbox.resolve(handle))?.[0]);
  for (const id of await idsIn(inbox))
    if (!used.has(id) && Number(id.split("-")[0]) < beforeMillis)
      await inbox.removeEntry(id, { recursive: true });
}

async function readArrival(id: string, folder: FileSystemDirectoryHandle): Promise<Arrival | undefined> {
  const list = await (await folder.getFileHandle(LIST)).getFile();
  if (list.size > MAX_LIST_BYTES) return undefined;
  const { names, text, leftOut }: List = JSON.parse(await list.text());
  const files = names.map(async (name, at) => ({ name, handle: await folder.getFileHandle(String(at)) }));
  const textFile = text === "" ? undefined : await folder.getFileHandle(TEXT);
  return { id, text, textFile, leftOut, files: await Promise.all(files) };
}

/** Deletes all but so many that wait. Those that were taken may still be shared. */
async function keepNewest(inbox: FileSystemDirectoryHandle, count: number): Promise<void> {
  const waiting = await readArrivals();
  for (const { id } of waiting.slice(0, Math.max(0, waiting.length - count)))
    await inbox.removeEntry(id, { recursive: true });
}

/** Names that begin with their time, sorted by it. */
async function idsIn(inbox: FileSystemDirectoryHandle): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of inbox.keys()) ids.push(id);
  return ids.sort();
}

async function write(folder: FileSystemDirectoryHandle, name: string, content: File | string): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  await stream.write(content);
  await stream.close();
}

/** `photo.jpg`, `photo (2).jpg`: gallery apps give several photos one name. */
export function uniqueNames(files: readonly Pick<File, "name">[]): readonly string[] {
  const taken = new Set<string>();
  return files.map(({ name }) => {
    const own = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1) || "file";
    const dot = own.lastIndexOf(".") > 0 ? own.lastIndexOf(".") : own.length;
    const end = own.slice(dot).slice(0, MAX_NAME_CHARACTERS / 2);
    const stem = own.slice(0, Math.min(dot, MAX_NAME_CHARACTERS - end.length - 10));
    let unique = stem + end;
    for (let count = 2; taken.has(unique.toLowerCase()); count++) unique = `${stem} (${count})${end}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

async function inboxFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });
}
