import type { EntryKey, FileChoice, Play } from "./client.ts";
import { loaded } from "./load-later.ts";
import { MAX_PREVIEW_BYTES } from "./preview-bounds.ts";
import type { SavedContent } from "./save.ts";
import type { TorrentList } from "./torrent-list.ts";

const loadReadable = () => loaded(import("./readable.ts"));
const loadChosenFiles = () => loaded(import("./chosen-files.ts"));
const loadLostPieces = () => loaded(import("./lost-pieces.ts"));

type Save = (content: SavedContent, progress: (share: number) => void) => Promise<void>;

/** What a person does with the files of this tab's torrents. */
export class FileActions {
  readonly #list: TorrentList;

  constructor(list: TorrentList) {
    this.#list = list;
  }

  async choose(key: EntryKey, choice: FileChoice): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await (await loadChosenFiles()).chooseFiles(this.#list, item, choice);
  }

  async saveAll(key: EntryKey, save: Save): Promise<void> {
    const item = this.#list.find(key);
    if (item === undefined || item.saving !== undefined) return;
    item.saving = 0;
    try {
      const content = await (await loadReadable()).readable(item);
      if (content === undefined) return;
      const { selectedFiles } = item.record;
      await save({ ...content, selectedFiles }, (share) => {
        item.saving = share;
      });
      await this.#list.keep(item, { isSaved: true });
    } catch (error) {
      await (await loadLostPieces()).fetchLost(this.#list, item);
      throw error;
    } finally {
      item.saving = undefined;
    }
  }

  async bytes(key: EntryKey): Promise<readonly number[] | undefined> {
    const item = this.#list.find(key);
    return item && (await loadChosenFiles()).bytesOfFiles(item);
  }

  async read(key: EntryKey, index: number): Promise<Blob | undefined> {
    const item = this.#list.find(key);
    return item && (await loadChosenFiles()).readFile(item, index, MAX_PREVIEW_BYTES);
  }

  async play(key: EntryKey, index: number): Promise<Play> {
    const item = this.#list.find(key);
    if (item === undefined) return { state: "not", why: "not-readable" };
    return (await loaded(import("./play/playing.ts"))).play(this.#list, item, index);
  }

  async saveOne(key: EntryKey, index: number): Promise<void> {
    const item = this.#list.find(key);
    if (item === undefined) return;
    item.savingFile = 0;
    try {
      await (await loadChosenFiles()).saveFile(item, index, (share) => {
        item.savingFile = share;
      });
    } finally {
      item.savingFile = undefined;
    }
  }

  async saveTorrentFile(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item?.metadata === undefined) return;
    const { saveTorrentFile } = await loaded(import("./torrent-file.ts"));
    saveTorrentFile(item.metadata.info, item.record, this.#list.namedTrackers(item));
  }
}
