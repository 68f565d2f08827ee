import { fieldsOf } from "#shared/announce/json-fields.ts";
import { UsageError } from "#shared/base/errors.ts";
import { mediaTypeOf } from "#shared/meta/media-type.ts";
import type { FileView } from "#shared/session/view.ts";
import type { Client, EntryKey } from "../client.ts";
import { MAX_PREVIEW_BYTES } from "../preview-bounds.ts";
import type { DaemonApi } from "./daemon-api.ts";
import type { DaemonTorrents, TorrentEntry } from "./torrents.ts";

/** An address as the daemon makes them: a path on this very daemon. */
const ADDRESS = /^\/files\/[^\s\\]{1,4000}$/;

/** The bytes of files that the daemon has. */
export class DaemonFiles {
  readonly #api: Pick<DaemonApi, "ask" | "file">;
  readonly #torrents: DaemonTorrents;

  constructor(api: Pick<DaemonApi, "ask" | "file">, torrents: DaemonTorrents) {
    this.#api = api;
    this.#torrents = torrents;
  }

  readonly play: Client["play"] = async (key, index) => {
    const { entry, file } = this.#find(key, index);
    const media = file && mediaTypeOf(file.path);
    if (entry === undefined || file === undefined || media === undefined)
      return { state: "not", why: "unknown" };
    if (!file.selected) return { state: "not", why: "not-chosen" };
    try {
      const url = await this.#address(entry, index);
      return { state: "plays", kind: media.kind, url, close() {} };
    } catch (error) {
      if (error instanceof UsageError) return { state: "not", why: "not-readable" };
      throw error;
    }
  };

  readonly readFile: Client["readFile"] = async (key, index) => {
    const { entry, file } = this.#find(key, index);
    if (entry === undefined || file === undefined) return undefined;
    if (file.bytes === 0) return new Blob([]);
    try {
      return await this.#api.file(pathOf(entry, index), MAX_PREVIEW_BYTES);
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  };

  /** Lets the browser download a file from the daemon. Rejects with a `UsageError`. */
  async saveFile(key: EntryKey, index: number): Promise<void> {
    const { entry, file } = this.#find(key, index);
    if (entry === undefined || file === undefined) return;
    const link = document.createElement("a");
    link.href = await this.#address(entry, index);
    link.download = file.path.slice(file.path.lastIndexOf("/") + 1);
    link.click();
  }

  async #address(entry: TorrentEntry, index: number): Promise<string> {
    const { path } = fieldsOf(
      await this.#api.ask({ method: "POST", path: `${pathOf(entry, index)}/address` }),
    );
    if (typeof path === "string" && ADDRESS.test(path)) return path;
    throw new UsageError("badAnswer", "The daemon gave no address of this file. Update it, or the page.");
  }

  #find(key: EntryKey, index: number): { readonly entry?: TorrentEntry; readonly file?: FileView } {
    const entry = this.#torrents.find(key);
    const file = entry?.torrent.files.find((each) => each.index === index);
    return { ...(entry && { entry }), ...(file && { file }) };
  }
}

function pathOf({ infoHash }: TorrentEntry, index: number): string {
  return `/torrents/${infoHash}/files/${index}`;
}
