import type { FastifyRequest } from "fastify";
import { peerIp, peerPort } from "#shared/announce/compact.ts";
import type { ApiPage, ApiPeer } from "#shared/announce/tracker-api.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { formatIp } from "#shared/base/ip.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Caller } from "../../core/caller.ts";
import { type ListedPeer, listPeers } from "../../core/peer-list.ts";
import type { UnixMillis } from "../../core/record-store.ts";
import { MAX_PEERS_PER_REPLY, USUAL_PEERS_PER_REPLY } from "../../limits/swarms.ts";
import { urlHost } from "../addresses.ts";
import { type AddressOptions, SOURCE_UNKNOWN } from "../http-tracker.ts";
import { PEER_PAGE } from "./answers.ts";
import type { AddRoutes } from "./api.ts";
import { ApiRefusal } from "./api-error.ts";
import { CatalogGate, type CatalogGateOptions } from "./catalog-gate.ts";
import { inCatalog } from "./catalog-json.ts";
import { isoTime } from "./iso-time.ts";

/** What the route needs. */
export interface PeerRouteOptions {
  readonly catalog: Catalog;
  readonly gate: CatalogGateOptions;
  /** How announces of addresses are handled: the same rules hold. */
  readonly addresses: AddressOptions;
}

const SCHEMA = {
  tags: ["torrents"],
  summary: "Peers of a published torrent; administrators see those of every torrent",
  params: {
    type: "object",
    properties: { infoHash: { type: "string", maxLength: 40, pattern: "^[0-9a-fA-F]{40}$" } },
  },
  querystring: {
    type: "object",
    properties: {
      idle: {
        type: "string",
        enum: ["0", "1"],
        description:
          "1: those with free upload slots first, then those that do not say. Otherwise the order means nothing",
      },
      limit: { type: "integer", minimum: 1, maximum: MAX_PEERS_PER_REPLY, default: USUAL_PEERS_PER_REPLY },
    },
  },
  response: { 200: PEER_PAGE },
};

interface PeersRequest {
  readonly Params: { readonly infoHash: string };
  readonly Querystring: { readonly idle?: "0" | "1"; readonly limit: number };
}

/** `GET /torrents/<infohash>/peers`: counts as an announce of whoever asks, who gets no other peers than an announce would. */
export function peerRoutes({ catalog, gate: gateOptions, addresses }: PeerRouteOptions): AddRoutes {
  return (api, context) => {
    const gate = new CatalogGate(gateOptions, context);
    api.get<PeersRequest>("/torrents/:infoHash/peers", { schema: SCHEMA }, async (request) => {
      const { identity } = await gate.reader(request);
      const infoHash = parseInfoHash(request.params.infoHash);
      if (infoHash === undefined)
        throw new ApiRefusal(400, "malformedInfoHash", "An info-hash has 40 hex digits.");
      const caller = callerOf(addresses, request);
      const seesAll = identity.type === "account" && identity.account.isAdmin;
      if (!seesAll) await inCatalog(() => catalog.requireEntry(infoHash));
      const { tracker, cluster, now } = addresses;
      const { idle, limit } = request.query;
      const query = { infoHash, limit, idleFirst: idle === "1" };
      const peers = await (cluster?.listPeers(caller, query) ?? listPeers(tracker, now(), caller, query));
      const page: ApiPage<ApiPeer> = { items: peers.map((peer) => apiPeer(peer, Date.now() - now())) };
      return page;
    });
  };
}

function callerOf(
  { proxies, networkOf, minuteCounts, now, machineIp }: AddressOptions,
  request: FastifyRequest,
): Caller {
  const ip = proxies.sourceOf(request.raw);
  if (ip === undefined) throw new ApiRefusal(400, "sourceUnknown", `${SOURCE_UNKNOWN}.`);
  const network = networkOf(ip);
  if (network !== undefined && !minuteCounts.allows(network, now())) {
    const most = minuteCounts.maxPerMinute;
    throw new ApiRefusal(
      429,
      "tooOften",
      `Your address announces more than ${most} times a minute; wait a minute.`,
      60,
    );
  }
  return { ip, network, machineIp: () => machineIp(request.socket.localAddress) };
}

/** `ahead`: what to add to the tracker's clock to get the time since 1970. */
function apiPeer({ seeding, hasFreeSlot, seenAt, address }: ListedPeer, ahead: number): ApiPeer {
  return {
    kind: address === undefined ? "browser" : "desktop",
    progress: seeding ? "seeder" : "leecher",
    lastSeenAt: isoTime((seenAt + ahead) as UnixMillis),
    ...(hasFreeSlot !== undefined && { hasFreeSlot }),
    ...(address !== undefined && { address: `${urlHost(formatIp(peerIp(address)))}:${peerPort(address)}` }),
  };
}
