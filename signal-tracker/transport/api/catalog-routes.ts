import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { MAX_DESCRIPTION_CHARACTERS } from "#shared/announce/catalog-limits.ts";
import type { ApiPage, ApiPublished, ApiTorrent, ApiTorrentDetails } from "#shared/announce/tracker-api.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Sender } from "../../catalog/publisher.ts";
import { attachment, catalogTorrentFile, type FileTrackers } from "../../catalog/torrent-file.ts";
import type { Identity } from "../../core/identity.ts";
import type { TorrentOrder } from "../../core/record-store.ts";
import { MAX_SEARCH_CHARACTERS, MAX_TORRENTS_PER_PAGE } from "../../limits/catalog.ts";
import { ARRIVING_BYTES, MAX_PUBLICATION_BYTES } from "../../limits/http.ts";
import { NOTHING, PUBLISHED, TORRENT_DETAILS, TORRENT_PAGE } from "./answers.ts";
import type { AddRoutes } from "./api.ts";
import { ApiRefusal } from "./api-error.ts";
import { ByteShares } from "./byte-shares.ts";
import { CatalogGate, type CatalogGateOptions } from "./catalog-gate.ts";
import { apiTorrent, apiTorrentDetails, inCatalog } from "./catalog-json.ts";
import { noRoom } from "./count-answers.ts";

/** What the routes of the catalog need. */
export interface CatalogRouteOptions extends CatalogGateOptions {
  readonly catalog: Catalog;
  /** The announce URLs for .torrent files. */
  readonly trackersFor: TrackersFor;
}

/** The announce URLs that go into a .torrent file for whoever sends the request. */
export type TrackersFor = (request: FastifyRequest, identity: Identity) => Promise<FileTrackers>;

const LIST = {
  type: "object",
  properties: {
    q: { type: "string", maxLength: MAX_SEARCH_CHARACTERS, description: "words that the entries contain" },
    sort: { type: "string", enum: ["newest", "seeders", "name"], default: "newest" },
    limit: { type: "integer", minimum: 1, maximum: MAX_TORRENTS_PER_PAGE, default: 50 },
    cursor: { type: "string", maxLength: 4_000, description: "nextCursor of the page before" },
  },
};
const PUBLICATION = {
  type: "object",
  required: ["torrent"],
  properties: {
    torrent: { type: "string", maxLength: MAX_PUBLICATION_BYTES, description: "the .torrent file in base64" },
    // Longer than the limit: what makes it unsafe to show is removed before it is measured.
    description: { type: "string", maxLength: 2 * MAX_DESCRIPTION_CHARACTERS, default: "" },
  },
};
/** The one answer that is no JSON. */
const FILE = {
  description: "The file",
  content: { "application/x-bittorrent": { schema: { type: "string", format: "binary" } } },
};
const BY_HASH = {
  type: "object",
  properties: { infoHash: { type: "string", maxLength: 40, pattern: "^[0-9a-fA-F]{40}$" } },
};

interface ListRequest {
  readonly Querystring: {
    readonly q?: string;
    readonly sort: TorrentOrder;
    readonly limit: number;
    readonly cursor?: string;
  };
}
interface PublishRequest {
  readonly Body: { readonly torrent: string; readonly description: string };
}
interface HashRequest {
  readonly Params: { readonly infoHash: string };
}

/** The published torrents: `/torrents`. */
export function catalogRoutes({ catalog, trackersFor, ...gateOptions }: CatalogRouteOptions): AddRoutes {
  return (api, context) => {
    const gate = new CatalogGate(gateOptions, context);
    addListing(api, catalog, gate);
    addPublishing(api, catalog, gate);
    addEntry(api, catalog, gate);
    addTorrentFile(api, catalog, gate, trackersFor);
  };
}

function addListing(api: FastifyInstance, catalog: Catalog, gate: CatalogGate): void {
  const tags = ["torrents"];
  const response = { 200: TORRENT_PAGE };
  const schema = { tags, summary: "Search the published torrents", querystring: LIST, response };
  api.get<ListRequest>("/torrents", { schema }, async (request): Promise<ApiPage<ApiTorrent>> => {
    await gate.reader(request);
    const { q: text = "", sort: order, limit, cursor } = request.query;
    const page = await inCatalog(() => catalog.list({ text, order, limit, cursor }));
    return { ...page, items: page.items.map(apiTorrent) };
  });
}

function addPublishing(api: FastifyInstance, catalog: Catalog, gate: CatalogGate): void {
  const response = { 201: PUBLISHED };
  const schema = { tags: ["torrents"], summary: "Publish a torrent", body: PUBLICATION, response };
  const senders = new WeakMap<IncomingMessage, Sender>();
  const arriving = new ByteShares(ARRIVING_BYTES);
  // Before the body is read: whoever may not publish does not take up memory with it.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const sender = await gate.publisher(request);
    senders.set(request.raw, sender);
    const giveBack = arriving.take(sender.network, bodyBytes(request));
    if (giveBack === undefined) throw noRoom();
    reply.raw.once("close", giveBack);
  };
  const options = { schema, onRequest, bodyLimit: MAX_PUBLICATION_BYTES };
  api.post<PublishRequest>("/torrents", options, async (request, reply): Promise<ApiPublished> => {
    const sender = senders.get(request.raw);
    if (sender === undefined) throw new Error("nobody asked who publishes");
    const { torrent, description } = request.body;
    const file = Buffer.from(torrent, "base64");
    const { entry, ownerKey } = await inCatalog(() => catalog.publish(file, description, sender));
    reply.code(201);
    return { ...apiTorrent(entry), ...(ownerKey !== undefined && { ownerKey }) };
  });
}

/** What a body may take up: as much as it says, or as much as is allowed. */
function bodyBytes({ headers }: FastifyRequest): number {
  return Math.min(Number(headers["content-length"] ?? MAX_PUBLICATION_BYTES), MAX_PUBLICATION_BYTES);
}

function addEntry(api: FastifyInstance, catalog: Catalog, gate: CatalogGate): void {
  const byHash = { tags: ["torrents"], params: BY_HASH };
  const opened = { 200: TORRENT_DETAILS };
  const opening = { ...byHash, summary: "One published torrent with its files", response: opened };
  api.get<HashRequest>(
    "/torrents/:infoHash",
    { schema: opening },
    async (request): Promise<ApiTorrentDetails> => {
      const sender = await gate.reader(request);
      return apiTorrentDetails(await inCatalog(() => catalog.open(infoHashIn(request), sender)));
    },
  );
  const unpublishing = { ...byHash, summary: "Unpublish a torrent", response: { 204: NOTHING } };
  api.delete<HashRequest>("/torrents/:infoHash", { schema: unpublishing }, async (request, reply) => {
    const sender = await gate.reader(request);
    await inCatalog(() => catalog.unpublish(infoHashIn(request), sender));
    return reply.code(204).send();
  });
}

function addTorrentFile(
  api: FastifyInstance,
  catalog: Catalog,
  gate: CatalogGate,
  trackersFor: TrackersFor,
): void {
  const summary = "The .torrent file of a published torrent";
  const schema = { tags: ["torrents"], summary, params: BY_HASH, response: { 200: FILE } };
  api.get<HashRequest>("/torrents/:infoHash.torrent", { schema }, async (request, reply) => {
    const { identity } = await gate.reader(request);
    const { record, infoBytes } = await inCatalog(() => catalog.infoOf(infoHashIn(request)));
    const file = catalogTorrentFile(record, infoBytes, await trackersFor(request, identity));
    reply.type("application/x-bittorrent").header("content-disposition", attachment(record));
    return reply.send(Buffer.from(file));
  });
}

function infoHashIn({ params }: FastifyRequest<HashRequest>): InfoHash {
  const infoHash = parseInfoHash(params.infoHash);
  if (infoHash === undefined)
    throw new ApiRefusal(400, "malformedInfoHash", "An info-hash has 40 hex digits.");
  return infoHash;
}
