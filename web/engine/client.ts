import type { ReadonlySignal } from "@preact/signals-core";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** Names one entry of the list for as long as this page is open. */
export type EntryKey = string & { readonly entryKey: unique symbol };

/** A file that a person chose or dropped, alone or in a folder. */
export interface PickedFile {
  /** Its name, or its path from the chosen folder, with `/` between the parts: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly file: File;
  /** Lets the page read the same file again after a reload. Not every browser has one. */
  readonly handle?: FileSystemFileHandle;
}

/** One torrent of the list: a union of the stages and their fields. */
export type Entry =
  | {
      readonly state: "hashing";
      readonly key: EntryKey;
      readonly name: string;
      readonly bytesTotal: number;
      readonly bytesDone: number;
    }
  | {
      readonly state: TorrentView["phase"] | "needs-file";
      readonly key: EntryKey;
      readonly infoHash: InfoHash;
      readonly torrent: TorrentView;
      readonly magnetLink: string;
      readonly shareLink: string;
      /** The person can save everything: a complete download, not the person's own files. */
      readonly canSave: boolean;
      /** What `needs-file` needs: a click, because a stored handle's permission lapsed, or the files themselves. */
      readonly needs?: "permission" | "files";
      /** Progress of a running `Save`, 0 to 1. */
      readonly saving?: number;
    };

/** A sentence for the person: what happened and what to do. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
}

/** All that the page may ask of the engine. `live.ts` runs the real one, `fake.ts` a made-up one. */
export interface Client {
  /** Newest first. A new list at most four times a second. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** False while the client reads the stored list at the start. */
  readonly ready: ReadonlySignal<boolean>;
  /** Whether the browser can let a person pick a folder to save into. */
  readonly canSaveToFolder: boolean;

  /** Hashes the files and seeds them as one torrent. */
  share(files: readonly PickedFile[]): void;
  /**
   * Adds the magnet links, share links and info-hashes in a text. May be called before `ready`. What it cannot add becomes
   * a notice.
   */
  addLink(text: string): void;
  /** The same for text pasted anywhere on the page. Ignores text that nobody means as a link. */
  addPasted(text: string): void;
  /** The torrents that such a text names. Never rejects. */
  infoHashesIn(text: string): Promise<readonly InfoHash[]>;
  /** Adds a .torrent file. A bad one becomes a notice. */
  addTorrentFile(file: File): void;
  pause(key: EntryKey): void;
  resume(key: EntryKey): void;
  /** Also stops hashing. Without `deleteData` the pieces stay for when the person adds the torrent again. */
  remove(key: EntryKey, deleteData: boolean): void;
  /** Saves the file, or several as one ZIP, as a browser download. Call it during a click. */
  save(key: EntryKey): void;
  /** Asks for a folder and writes every file into it. Call it during a click. */
  saveToFolder(key: EntryKey): void;
  /** Asks for the lapsed permission. Call it during a click. */
  continueSharing(key: EntryKey): void;
  /** Gives a `needs-file` entry its files again. */
  supplyFiles(key: EntryKey, files: readonly PickedFile[]): void;
  dismissNotice(id: number): void;
}
