import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import {
  parseApiPage,
  parseApiPeer,
  parseApiPublished,
  parseApiTorrentDetails,
} from "#shared/announce/parse-tracker-api.ts";
import type { ApiPeer, ApiPublished, ApiTorrentDetails } from "#shared/announce/tracker-api.ts";
import { bytesToBinaryString, concatBytes } from "#shared/base/bytes.ts";
import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type Clock, StorageError } from "#shared/driver/ports.ts";
import { MAX_TORRENT_FILE_BYTES, parseMetainfo } from "#shared/meta/metainfo.ts";
import { safeName } from "#shared/meta/safe-path.ts";
import type { Catalog, CatalogList, CatalogOrder, EntryKey, Told } from "../client.ts";
import type { Database } from "../database.ts";
import { ask, parseNothing, type SendRequest } from "./ask.ts";
import { CatalogSearch } from "./catalog-search.ts";
import { dropPublication, keepPublication, type Publication } from "./publications.ts";

/** Peers of an entry that a person looks at. */
const SHOWN_PEERS = 100;

const NO_METADATA = "The list of files is not here yet. Publish it once somebody has sent the list.";
const TOO_LARGE =
  "That file is too large to be a .torrent file. Choose the .torrent, not the file that it describes.";

/** The metadata of an entry of the list. */
export interface EntryMetadata {
  readonly infoBytes: Uint8Array;
  readonly encoding: string | undefined;
}

/** What the catalog needs of the page. */
export interface CatalogPorts {
  readonly send: SendRequest;
  readonly clock: Clock;
  /** Undefined: the browser stores nothing. */
  readonly database: Database | undefined;
  /** What was published from this browser before. */
  readonly publications: readonly Publication[];
  /** Undefined: there is no such entry, or its metadata is not known yet. */
  readonly metadataOf: (key: EntryKey) => EntryMetadata | undefined;
  readonly saveBlob: (blob: Blob, name: string) => void;
  /** Shows a sentence about what went wrong besides. */
  readonly warn: (sentence: string) => void;
}

/** The catalog of the tracker that serves this page. */
export class LiveCatalog implements Catalog {
  readonly published: ReadonlySignal<ReadonlySet<InfoHash>>;
  readonly #ports: CatalogPorts;
  readonly #search: CatalogSearch;
  readonly #publications: Signal<ReadonlyMap<InfoHash, Publication>>;

  constructor(ports: CatalogPorts) {
    this.#ports = ports;
    this.#search = new CatalogSearch(ports.send, ports.clock);
    const known = signal<ReadonlyMap<InfoHash, Publication>>(
      new Map(ports.publications.map((one) => [one.infoHash, one])),
    );
    this.#publications = known;
    this.published = computed(() => new Set(known.value.keys()));
  }

  get list(): ReadonlySignal<CatalogList> {
    return this.#search.list;
  }

  search(text: string, order: CatalogOrder, count?: number): void {
    this.#search.search(text, order, count);
  }

  more(): void {
    this.#search.more();
  }

  refresh(): void {
    this.#search.refresh();
  }

  async details(infoHash: InfoHash): Promise<Told<ApiTorrentDetails>> {
    const told = await ask(
      this.#ports.send,
      { method: "GET", path: `/torrents/${infoHash}` },
      parseApiTorrentDetails,
    );
    if (!told.ok && told.status === 404) await this.#hasGone(infoHash);
    if (!told.ok || !this.#publications.value.get(infoHash)?.ownerKey) return told;
    return { ok: true, value: { ...told.value, canUnpublish: true } };
  }

  async peers(infoHash: InfoHash): Promise<Told<readonly ApiPeer[]>> {
    const path = `/torrents/${infoHash}/peers?limit=${SHOWN_PEERS}`;
    return ask(this.#ports.send, { method: "GET", path }, (body) => parseApiPage(body, parseApiPeer).items);
  }

  async saveTorrentFile(infoHash: InfoHash, name: string): Promise<Told<undefined>> {
    const told = await ask(
      this.#ports.send,
      { method: "GET", path: `/torrents/${infoHash}.torrent` },
      asBlob,
    );
    if (!told.ok) return told;
    this.#ports.saveBlob(told.value, `${safeName(name)}.torrent`);
    return { ok: true, value: undefined };
  }

  async publish(key: EntryKey, description: string): Promise<Told<ApiPublished>> {
    const metadata = this.#ports.metadataOf(key);
    return metadata === undefined ? refusal(NO_METADATA) : this.#publish(metadata, description);
  }

  async publishFile(file: File, description: string): Promise<Told<ApiPublished>> {
    try {
      if (file.size > MAX_TORRENT_FILE_BYTES) return refusal(TOO_LARGE);
      const { infoBytes, encoding } = parseMetainfo(new Uint8Array(await file.arrayBuffer()));
      return await this.#publish({ infoBytes, encoding }, description);
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof UsageError) return refusal(error.message);
      if (error instanceof DOMException)
        return refusal("The browser could not read that file. Choose it again.");
      throw error;
    }
  }

  async unpublish(infoHash: InfoHash): Promise<Told<undefined>> {
    const token = this.#publications.value.get(infoHash)?.ownerKey;
    const told = await ask(
      this.#ports.send,
      { method: "DELETE", path: `/torrents/${infoHash}`, ...(token !== undefined && { token }) },
      parseNothing,
    );
    if (!told.ok && told.status !== 404) return told;
    await this.#hasGone(infoHash);
    return { ok: true, value: undefined };
  }

  async #publish(metadata: EntryMetadata, description: string): Promise<Told<ApiPublished>> {
    const torrent = btoa(bytesToBinaryString(torrentFile(metadata)));
    const body = { torrent, ...(description !== "" && { description }) };
    const told = await ask(this.#ports.send, { method: "POST", path: "/torrents", body }, parseApiPublished);
    if (!told.ok) return told;
    const { infoHash, ownerKey } = told.value;
    await this.#know({ infoHash, ownerKey });
    this.#search.refresh();
    return told;
  }

  async #know(publication: Publication): Promise<void> {
    this.#publications.value = new Map([...this.#publications.value, [publication.infoHash, publication]]);
    try {
      await keepPublication(this.#ports.database, publication);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#ports.warn(error.message);
    }
  }

  async #hasGone(infoHash: InfoHash): Promise<void> {
    this.#search.leaveOut(infoHash);
    if (!this.#publications.value.has(infoHash)) return;
    this.#publications.value = new Map([...this.#publications.value].filter(([other]) => other !== infoHash));
    await dropPublication(this.#ports.database, infoHash).catch(() => {}); // The next look at the catalog finds out again.
  }
}

/** A `.torrent` (BEP 3) that names no trackers: somebody's keys may be in their URLs. */
function torrentFile({ infoBytes, encoding }: EntryMetadata): Uint8Array {
  const text = new TextEncoder();
  const name = text.encode(encoding);
  const head = encoding === undefined ? "d" : `d8:encoding${name.length}:${encoding}`;
  return concatBytes([text.encode(`${head}4:info`), infoBytes, text.encode("e")]);
}

function asBlob(body: unknown): Blob {
  if (body instanceof Blob) return body;
  throw new ProtocolError("noTorrent", "the answer is not a .torrent");
}

function refusal(problem: string): Told<never> {
  return { ok: false, status: undefined, problem };
}
