import type { InfoHash, PieceIndex, ShareKey } from "#shared/base/ids.ts";
import { manifestInfo } from "#shared/encrypted/share-torrent.ts";
import { manifestDeadlines } from "#shared/library/manifest-deadlines.ts";
import type { StoredShare } from "#shared/library/stored-share.ts";
import type { Info } from "#shared/meta/info.ts";
import type { Input, TorrentSource } from "#shared/session/input.ts";
import { isHeldIn } from "#shared/session/piece-map.ts";
import type { FileChoice, WaitReason } from "../client.ts";
import { loadAgain } from "../load-again.ts";
import { loaded } from "../load-later.ts";
import { keyProblem } from "../share-problems.ts";
import { type StartGate, waitReason } from "../start-gate.ts";
import { lazyStorage, openedOnce } from "./lazy-storage.ts";
import type { PageInput } from "./messages.ts";
import type { TorrentTargets } from "./torrent-targets.ts";

/** What encrypted shares need of the engine, and whom they tell. */
export interface SealedPorts {
  readonly targets: TorrentTargets;
  readonly feed: (input: Input) => void;
  /** One byte for each piece: see `pieceMap`. */
  readonly pieces: (infoHash: InfoHash) => Uint8Array | undefined;
  readonly startGate: () => StartGate;
  /** The files in a share are known. `waitsBecause`: the download has been paused until the person starts it. */
  readonly revealed: (infoHash: InfoHash, name: string, waitsBecause: WaitReason | undefined) => void;
  /** The sentence for an error. */
  readonly problemOf: (error: unknown) => string;
}

/** An encrypted share that we have the key of, and whose pieces are in the browser's storage. */
interface Sealed {
  readonly key: ShareKey;
  /** As those without the key see it. */
  readonly info: Info;
  readonly stored: () => Promise<StoredShare>;
  /** Counts once the files are known. */
  choice: FileChoice;
  /** We look at what is stored. Ends when that is done. */
  looking: Promise<void> | undefined;
  /** There is something new to look at after that. */
  looksAgain: boolean;
  isRevealed: boolean;
}

/**
 * Encrypted shares, between the page and the session. Of a share whose files are not known yet the session fetches the manifest alone,
 * and shows no files.
 */
export class SealedTorrents {
  readonly #ports: SealedPorts;
  readonly #sealed = new Map<InfoHash, Sealed>();
  /** The page hashes what is stored of these, and says when that ends. */
  readonly #checked = new Set<InfoHash>();

  constructor(ports: SealedPorts) {
    this.#ports = ports;
  }

  /** Feeds an input of the page to the session. */
  feed(input: PageInput): void {
    const { feed } = this.#ports;
    switch (input.type) {
      case "torrentAdded":
        this.#checked.delete(input.source.infoHash);
        return this.#add(input.source);
      case "filesChosen": {
        const sealed = this.#sealed.get(input.infoHash);
        if (sealed !== undefined) sealed.choice = input;
        return sealed?.isRevealed === false ? undefined : feed(input);
      }
      case "checkBegan":
        this.#checked.add(input.infoHash);
        break;
      case "checkEnded": // What the check has found may tell which files there are.
        this.#checked.delete(input.infoHash);
        return this.#endCheck(input.infoHash);
      case "torrentResumed": // It may have stopped because of what is wrong with it: that has not changed.
        if (this.#stop(input.infoHash)) return;
        feed(input);
        return this.#lookUnlessChecked(input.infoHash);
      case "storedPieceChecked":
        feed(input);
        return this.#lookUnlessChecked(input.infoHash);
      case "torrentRemoved":
        this.#sealed.delete(input.infoHash);
        this.#checked.delete(input.infoHash);
    }
    feed(input);
  }

  /** Its metadata came from peers. True: it is an encrypted share, or cannot be read with its key. */
  metadataArrived(infoHash: InfoHash): boolean {
    if (this.#stop(infoHash)) return true;
    const { selectedFiles } = this.#ports.targets.at(infoHash);
    return this.#begin(infoHash, { selectedFiles, firstFiles: [] });
  }

  /** The page has told where its bytes are, and perhaps a key that it lacked. */
  bytesAre(infoHash: InfoHash): void {
    const { bytes, selectedFiles } = this.#ports.targets.at(infoHash);
    const before = this.#sealed.get(infoHash);
    if (bytes?.type !== "stored" || (before !== undefined && before.key === bytes.shareKey)) return;
    if (this.#begin(infoHash, before?.choice ?? { selectedFiles, firstFiles: [] })) this.#check(infoHash);
  }

  #add(source: TorrentSource): void {
    const { feed } = this.#ports;
    const { infoHash, selectedFiles, firstFiles = [], held, paused } = source;
    // The session announces nothing before it is clear what to fetch.
    const quiet = { ...source, selectedFiles: undefined, firstFiles: [], paused: true };
    if (this.#keyProblem(infoHash) !== undefined) {
      feed({ type: "torrentAdded", source: quiet });
      return void this.#stop(infoHash);
    }
    if (this.#sealedKey(infoHash) === undefined) return feed({ type: "torrentAdded", source });
    feed({ type: "torrentAdded", source: quiet });
    this.#begin(infoHash, { selectedFiles, firstFiles });
    if (held?.has(0)) this.#check(infoHash);
    if (!paused) feed({ type: "torrentResumed", infoHash });
  }

  /** The key of an encrypted share in the browser's storage. Undefined: it is none, or that does not show yet. */
  #sealedKey(infoHash: InfoHash): ShareKey | undefined {
    const { bytes, metadata } = this.#ports.targets.at(infoHash);
    const isHere = bytes?.type === "stored" && metadata !== undefined;
    return isHere && this.#keyProblem(infoHash) === undefined ? bytes.shareKey : undefined;
  }

  #keyProblem(infoHash: InfoHash): string | undefined {
    const { bytes, metadata } = this.#ports.targets.at(infoHash);
    return bytes?.type === "stored" ? metadata && keyProblem(metadata.info, bytes.shareKey) : undefined;
  }

  /** True: it has stopped, as it cannot be read with its key. */
  #stop(infoHash: InfoHash): boolean {
    const problem = this.#keyProblem(infoHash);
    if (problem !== undefined)
      this.#ports.feed({ type: "torrentFailed", infoHash, piece: undefined, problem });
    return problem !== undefined;
  }

  /** The session, which has the torrent, fetches its manifest from now on. False: it is no encrypted share that we have the key of. */
  #begin(infoHash: InfoHash, choice: FileChoice): boolean {
    const { targets } = this.#ports;
    const key = this.#sealedKey(infoHash);
    const info = targets.at(infoHash).metadata?.info;
    const storage = targets.storage(infoHash);
    if (key === undefined || info === undefined || storage === undefined) return false;
    const stored = openedOnce(async () => {
      const { openStoredShare } = await loaded(loadAgain(() => import("../encrypted/open-share.ts")));
      return openStoredShare(storage, key, {
        info,
        select: () => sealed.choice.selectedFiles,
        revealed: (files, _, share) =>
          share === undefined
            ? this.#wantManifest(infoHash, sealed, files)
            : this.#reveal(infoHash, sealed, share.plainInfo(info.pieceHashes), files),
      });
    });
    stored().catch(() => {}); // Whoever needs it tries again, and says why it failed.
    const sealed: Sealed = {
      key,
      info,
      stored,
      choice,
      looking: undefined,
      looksAgain: false,
      isRevealed: false,
    };
    this.#sealed.set(infoHash, sealed);
    targets.wrap(infoHash, () => lazyStorage(stored));
    const { pieceLength, totalBytes } = info.layout;
    this.#wantManifest(infoHash, sealed, manifestInfo(info, Math.min(pieceLength, totalBytes)));
    return true;
  }

  /** It is still to be revealed, and nobody has removed it or named another key since. */
  #isHidden(infoHash: InfoHash, sealed: Sealed): boolean {
    return this.#sealed.get(infoHash) === sealed && !sealed.isRevealed;
  }

  #wantManifest(infoHash: InfoHash, sealed: Sealed, { files, ...rest }: Info): void {
    if (!this.#isHidden(infoHash, sealed)) return;
    const hidden = files.map((file) => ({ ...file, isPadding: true as const }));
    const info = { ...rest, files: hidden };
    this.#ports.feed({ type: "filesRevealed", infoHash, info, selectedFiles: [0] });
    this.#ports.feed({ type: "deadlinesSet", infoHash, deadlines: manifestDeadlines(info) });
  }

  /** `plain`: what is in the share. `info`: where that is in its pieces. */
  #reveal(infoHash: InfoHash, sealed: Sealed, plain: Info, info: Info): void {
    if (!this.#isHidden(infoHash, sealed)) return;
    const { feed, startGate, revealed } = this.#ports;
    const { selectedFiles, firstFiles } = sealed.choice;
    const waitsBecause = sealed.looking ? undefined : waitReason(plain, selectedFiles, startGate());
    sealed.isRevealed = true;
    if (waitsBecause !== undefined) feed({ type: "torrentPaused", infoHash });
    feed({ type: "filesRevealed", infoHash, info, selectedFiles });
    feed({ type: "deadlinesSet", infoHash, deadlines: [] });
    if (firstFiles.length > 0) feed({ type: "filesChosen", infoHash, selectedFiles, firstFiles });
    revealed(infoHash, plain.name, waitsBecause);
  }

  /** Looks what is here, before the session requests anything. */
  #check(infoHash: InfoHash): void {
    this.#ports.feed({ type: "checkBegan", infoHash, held: undefined });
    this.#endCheck(infoHash);
  }

  /** Ends the session's check once it is clear which files there are, unless another check has begun by then. */
  #endCheck(infoHash: InfoHash): void {
    const { feed } = this.#ports;
    const sealed = this.#sealed.get(infoHash);
    if (sealed === undefined || sealed.isRevealed) return feed({ type: "checkEnded", infoHash });
    void this.#look(infoHash, sealed).then(() => {
      if (this.#sealed.get(infoHash) !== sealed || this.#checked.has(infoHash)) return;
      feed({ type: "checkEnded", infoHash });
    });
  }

  /** At the end of a check we look anyway. */
  #lookUnlessChecked(infoHash: InfoHash): void {
    const sealed = this.#sealed.get(infoHash);
    if (sealed !== undefined && !this.#checked.has(infoHash)) void this.#look(infoHash, sealed);
  }

  /**
   * Finds out which files there are, if enough of the share is here. Pieces come by the hundred, so there is one look at a time, and one
   * more if there was news during it. What is wrong with the share stops the torrent. Never rejects.
   */
  #look(infoHash: InfoHash, sealed: Sealed): Promise<void> {
    if (!this.#isHidden(infoHash, sealed)) return Promise.resolve();
    sealed.looksAgain = true;
    sealed.looking ??= this.#lookWhileNews(infoHash, sealed);
    return sealed.looking;
  }

  async #lookWhileNews(infoHash: InfoHash, sealed: Sealed): Promise<void> {
    while (sealed.looksAgain && this.#isHidden(infoHash, sealed)) {
      sealed.looksAgain = false;
      await this.#lookOnce(infoHash, sealed);
    }
    sealed.looking = undefined;
  }

  async #lookOnce(infoHash: InfoHash, sealed: Sealed): Promise<void> {
    try {
      const stored = await sealed.stored();
      const held = this.#ports.pieces(infoHash);
      await stored.begin({ has: (piece) => isHeldIn(held, piece as PieceIndex) });
    } catch (error) {
      if (this.#sealed.get(infoHash) !== sealed) return;
      const problem = this.#ports.problemOf(error);
      this.#ports.feed({ type: "torrentFailed", infoHash, piece: undefined, problem });
    }
  }
}
