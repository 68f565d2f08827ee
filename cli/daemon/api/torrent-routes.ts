import type { FastifyInstance } from "fastify";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { MAX_NAMED_TRACKERS, MAX_TRACKER_URL_CHARACTERS } from "#shared/base/tracker-url.ts";
import type { NewTorrentJson, TorrentChangeJson } from "#shared/daemon/daemon-api.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";
import type { Adder } from "../adder.ts";
import { changedLimits } from "../changed-limits.ts";
import type { Daemon, Listed } from "../daemon.ts";
import type { TorrentChange } from "../torrent-changes.ts";
import {
  ADDED,
  NOTHING,
  PIECES,
  TORRENT,
  TORRENT_LIMITS,
  TORRENT_LIMITS_CHANGE,
  TORRENT_LIST,
} from "./answers.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./route.ts";
import { piecesJson, torrentFile } from "./torrent-content.ts";
import { listedJson, torrentJson } from "./torrent-json.ts";

/** Characters of a path: the longest that systems take. */
const PATH = { type: "string", maxLength: 4_096, pattern: "^[^\\u0000]+$" };
/** Text of one line: nobody means a control character. */
const NAME = { type: "string", maxLength: 255, pattern: "^[^\\u0000-\\u001f]+$" };
const MAX_LINK_CHARACTERS = 1_000_000;
const LINK = { type: "string", maxLength: MAX_LINK_CHARACTERS };
const MAX_PATHS = 10_000;
const MAX_GLOBS = 1_000;
/** As many as a torrent can have. */
const MAX_FILES = 500_000;
/** Base64 has four characters for three bytes. */
const MAX_TORRENT_CHARACTERS = 4 * Math.ceil(MAX_TORRENT_FILE_BYTES / 3);
/** The rest of the request is short. */
const MAX_NEW_BYTES = MAX_TORRENT_CHARACTERS + MAX_LINK_CHARACTERS;

const NEW_TORRENT = {
  type: "object",
  additionalProperties: false,
  properties: {
    link: { ...LINK, description: "magnet links, share links or info-hashes" },
    torrent: { type: "string", maxLength: MAX_TORRENT_CHARACTERS, description: "a .torrent file in base64" },
    paths: {
      type: "array",
      minItems: 1,
      maxItems: MAX_PATHS,
      items: PATH,
      description: "absolute paths of files and folders to share as one torrent",
    },
    name: { ...NAME, description: "of a torrent that is made of paths" },
    isPrivate: { type: "boolean", description: "whether its peers come from its trackers only" },
    encrypt: { type: "boolean", description: "whether only those who have its share link can read it" },
    again: { ...LINK, description: "the share link of an encrypted share of the same files: it goes on" },
    folder: { ...PATH, description: "where it is downloaded into: an absolute path" },
    select: { type: "array", maxItems: MAX_GLOBS, items: { type: "string", minLength: 1, maxLength: 1_000 } },
    withoutKey: { type: "boolean", description: "whether an encrypted share is kept and carried as it is" },
    isPaused: { type: "boolean" },
    limits: { ...TORRENT_LIMITS, additionalProperties: false },
  },
};

const TRACKERS = {
  type: "array",
  maxItems: MAX_NAMED_TRACKERS,
  items: { type: "string", maxLength: MAX_TRACKER_URL_CHARACTERS },
};
const INDICES = { type: "array", maxItems: MAX_FILES, items: { type: "integer", minimum: 0 } };
const CHANGE = {
  type: "object",
  additionalProperties: false,
  properties: {
    isPaused: { type: "boolean" },
    selectedFiles: { ...INDICES, type: ["array", "null"], description: "by their index; null: all" },
    firstFiles: INDICES,
    limits: { ...TORRENT_LIMITS_CHANGE, additionalProperties: false },
    addTrackers: { ...TRACKERS, description: "announce it there, too" },
    removeTrackers: { ...TRACKERS, description: "and no longer there: some of its namedTrackers" },
  },
};
const HASH = {
  type: "object",
  required: ["infoHash"],
  properties: { infoHash: { type: "string", pattern: "^[0-9A-Fa-f]{40}$" } },
};
const REMOVAL = {
  type: "object",
  additionalProperties: false,
  properties: { deleteData: { type: "boolean", default: false } },
};

interface OneTorrent {
  readonly Params: { readonly infoHash: string };
}

/** Lists torrents, takes them in, changes and removes them. */
export function torrentRoutes(http: FastifyInstance, daemon: Daemon, adder: Adder): void {
  const found = (infoHash: InfoHash): Listed => {
    const listed = daemon.find(infoHash);
    if (listed !== undefined) return listed;
    throw new Refusal(404, "noSuchTorrent", `There is no torrent ${infoHash}.`);
  };
  http.get("/torrents", route("All torrents", { response: { 200: TORRENT_LIST } }), () => ({
    items: daemon.list().map((listed) => listedJson(listed, daemon.named)),
    hashing: adder.hashing(),
  }));
  http.post<{ Body: NewTorrentJson }>(
    "/torrents",
    route("Add torrents", { body: NEW_TORRENT, response: { 201: ADDED } }, MAX_NEW_BYTES),
    async ({ body }, reply) => {
      reply.code(201);
      return adder.add(body);
    },
  );
  http.get<OneTorrent>(
    "/torrents/:infoHash",
    route("One torrent, with its files and peers", { params: HASH, response: { 200: TORRENT } }),
    ({ params }) => torrentJson(found(hashOf(params)), daemon.named),
  );
  http.patch<OneTorrent & { Body: TorrentChangeJson }>(
    "/torrents/:infoHash",
    route("Pause, resume, select files, limit, trackers", {
      params: HASH,
      body: CHANGE,
      response: { 200: TORRENT },
    }),
    async ({ params, body }) => {
      const infoHash = hashOf(params);
      await daemon.change(infoHash, changeOf(found(infoHash), body));
      return torrentJson(found(infoHash), daemon.named);
    },
  );
  http.get<OneTorrent>(
    "/torrents/:infoHash/pieces",
    route("What is here of each piece and each file", { params: HASH, response: { 200: PIECES } }),
    ({ params }) => piecesJson(daemon, found(hashOf(params)).view.infoHash),
  );
  http.get<OneTorrent>(
    "/torrents/:infoHash/torrent-file",
    route("Its .torrent file", { params: HASH }),
    ({ params }, reply) => {
      const { view } = found(hashOf(params));
      const file = torrentFile(daemon, view.infoHash);
      if (file === undefined) throw new Refusal(404, "noMetadata", "Peers have not sent its metadata yet.");
      return reply.type("application/x-bittorrent").send(Buffer.from(file));
    },
  );
  http.delete<OneTorrent & { Querystring: { readonly deleteData: boolean } }>(
    "/torrents/:infoHash",
    route("Remove a torrent, and its downloaded files if wanted", {
      ...{ params: HASH, querystring: REMOVAL, response: { 204: NOTHING } },
    }),
    async ({ params, query }, reply) => {
      const infoHash = hashOf(params);
      found(infoHash);
      await daemon.remove(infoHash, query.deleteData);
      return reply.code(204).send();
    },
  );
}

function hashOf({ infoHash }: OneTorrent["Params"]): InfoHash {
  const parsed = parseInfoHash(infoHash);
  if (parsed === undefined) throw new Error("the route has checked the info-hash");
  return parsed;
}

function changeOf({ torrent }: Listed, { selectedFiles, limits, ...rest }: TorrentChangeJson): TorrentChange {
  return {
    ...rest,
    ...(selectedFiles !== undefined && { selectedFiles: selectedFiles ?? undefined }),
    ...(limits !== undefined && { limits: changedLimits(torrent.record.limits, limits) }),
  };
}
