import type { ReadonlySignal } from "@preact/signals-core";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** Names one entry of the list for as long as this page is open. */
export type EntryKey = string & { readonly entryKey: unique symbol };

/** A file a person chose, dropped, or chose as part of a folder. */
export interface PickedFile {
  /** Its name, or its path from the chosen folder on, parts joined by `/`: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly file: File;
  /** Where the browser gives one: lets the page read the same file again after a reload. */
  readonly handle?: FileSystemFileHandle;
}

/** One torrent of the list. A union of what is known in each stage. */
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
      /** Everything can be saved: a complete download, not files that are shared from where they lie. */
      readonly canSave: boolean;
      /** What `needs-file` needs: a click (a stored handle whose permission lapsed) or the files themselves. */
      readonly needs?: "permission" | "files";
      /** Progress of a `Save` that runs, 0 to 1. */
      readonly saving?: number;
    };

/** A sentence for the person: what happened and what to do. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
}

/** All the page may ask of the engine. `live.ts` runs the real one, `fake.ts` makes one up. */
export interface Client {
  /** Newest first. A new list at most four times a second. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** False while the stored list is still being read at the start. */
  readonly ready: ReadonlySignal<boolean>;
  /** Whether the browser can let a person pick a folder to save into. */
  readonly canSaveToFolder: boolean;

  /** Hashes the files and seeds them as one torrent. */
  share(files: readonly PickedFile[]): void;
  /**
   * Takes the magnet links, share links and info-hashes in a text, pasted or in the address bar (then before `ready`, too).
   * What cannot be taken becomes a notice.
   */
  addLink(text: string): void;
  /** The same for what was pasted anywhere on the page: text by which nobody means a link is passed over. */
  addPasted(text: string): void;
  /** The torrents that such a text names. Does not reject. */
  infoHashesIn(text: string): Promise<readonly InfoHash[]>;
  /** Takes a .torrent file. A bad one becomes a notice. */
  addTorrentFile(file: File): void;
  pause(key: EntryKey): void;
  resume(key: EntryKey): void;
  /** Also ends hashing. `deleteData` frees the storage; else the pieces stay for when the torrent is added again. */
  remove(key: EntryKey, deleteData: boolean): void;
  /** Saves the file, or several as one ZIP, by the browser's download. Called in a click. */
  save(key: EntryKey): void;
  /** Asks for a folder and writes every file below it. Called in a click. */
  saveToFolder(key: EntryKey): void;
  /** Asks for the permission that lapsed. Called in a click. */
  continueSharing(key: EntryKey): void;
  /** Gives a `needs-file` entry its files again. */
  supplyFiles(key: EntryKey, files: readonly PickedFile[]): void;
  dismissNotice(id: number): void;
}
