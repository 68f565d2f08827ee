import { createCipheriv, createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { type Info, parseInfo } from "#shared/meta/info.ts";
import { type DownloadStorage, openDownload } from "./download-storage.ts";
import { OpenFiles } from "./open-files.ts";

/** A torrent with its content. */
export interface TestTorrent {
  readonly infoHash: InfoHash;
  readonly info: Info;
  readonly infoBytes: Uint8Array;
  /** All of its bytes, one file after the other. */
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface TestFile {
  readonly path: string;
  readonly bytes: number;
  readonly isPadding?: boolean;
  /** BEP 47: `x` is a program, `l` a symbolic link to the torrent's first file. */
  readonly attr?: string;
}

/** A torrent of random bytes, the same for the same seed; padding is zeros. With `name` as the only path it is a single file. */
export function makeTorrent(
  name: string,
  files: readonly TestFile[],
  pieceLength: number,
  seed = 1,
): TestTorrent {
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  const content = concatBytes(
    files.map(({ bytes, isPadding }) =>
      isPadding ? Buffer.alloc(bytes) : noise.update(Buffer.alloc(bytes)),
    ),
  );
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += pieceLength)
    hashes.push(sha1Of(content.subarray(at, at + pieceLength)));
  const isFolder = files.length !== 1 || files[0]?.path !== name;
  const infoBytes = encodeBencode(
    new Map<string, Encodable>([
      isFolder ? ["files", files.map(encodableFile)] : ["length", content.length],
      ["name", name],
      ["piece length", pieceLength],
      ["pieces", concatBytes(hashes)],
    ]),
  );
  const infoHash = createHash("sha1").update(infoBytes).digest("hex") as InfoHash;
  return { infoHash, info: parseInfo(infoBytes), infoBytes, content };
}

/** A copy of one piece, for the storage to take over. */
export function pieceOf({ info, content }: TestTorrent, piece: PieceIndex): Uint8Array<ArrayBuffer> {
  const start = piece * info.layout.pieceLength;
  return content.slice(start, start + info.layout.pieceBytes(piece));
}

/** The right content of a file of the torrent. */
export function fileOf({ info, content }: TestTorrent, at: number): Uint8Array {
  const file = info.files[at];
  return file === undefined ? new Uint8Array(0) : content.subarray(file.offset, file.offset + file.bytes);
}

/** A folder that is deleted after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-files-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a download; `checkedPieces` are those that had to be hashed. */
export async function startDownload(
  torrent: TestTorrent,
  folder: string,
  selectedFiles?: readonly number[],
  openFiles = new OpenFiles(),
): Promise<{
  readonly storage: DownloadStorage;
  readonly held: Set<number>;
  readonly checkedPieces: number[];
}> {
  const storage = await openDownload({ ...torrent, folder, selectedFiles }, openFiles);
  onTestFinished(() => storage.close().catch(() => {}));
  const { pieceCount } = torrent.info.layout;
  const held = new Set(
    Array.from({ length: pieceCount }, (_, at) => at).filter((at) => storage.held.has(at)),
  );
  const checkedPieces: number[] = [];
  await storage.check((piece, good) => {
    checkedPieces.push(piece);
    if (good) held.add(piece);
  }, new AbortController().signal);
  return { storage, held, checkedPieces: checkedPieces.sort((left, right) => left - right) };
}

/** Writes pieces one after the other. */
export async function writePieces(
  storage: DownloadStorage,
  torrent: TestTorrent,
  pieces: Iterable<number>,
): Promise<void> {
  for (const index of pieces) {
    const piece = torrent.info.layout.piece(index);
    if (piece !== undefined) await storage.write(piece, pieceOf(torrent, piece));
  }
}

/** The bytes of every file below a folder, by relative path. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}

/** Paths of the files below a folder that this process has open. */
export async function openBelow(folder: string): Promise<string[]> {
  const numbers = await readdir("/proc/self/fd");
  const paths = await Promise.all(
    numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => "")),
  );
  return paths.filter((path) => path.startsWith(folder));
}

function encodableFile({ path, bytes, isPadding, attr = isPadding ? "p" : "" }: TestFile): Encodable {
  return new Map<string, Encodable>([
    ...(attr === "" ? [] : [["attr", attr] as const]),
    ["path", path.split("/")],
    attr === "l" ? ["symlink path", ["a"]] : ["length", bytes],
  ]);
}

function sha1Of(bytes: Uint8Array): Uint8Array {
  return createHash("sha1").update(bytes).digest();
}
