import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import type { FileAddressJson } from "#shared/daemon/daemon-api.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import { IDLE_MILLIS, sendFile } from "../../send-file.ts";
import type { Daemon } from "../daemon.ts";
import { FILE_ADDRESS } from "./answers.ts";
import { type AddressProof, FileAddresses } from "./file-addresses.ts";
import { requireOwnHost } from "./guard.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./route.ts";

/** Files on their way to programs and browsers at once: each holds a piece or two in memory. */
export const MAX_READERS = 32;

const HASH = { type: "string", pattern: "^[0-9A-Fa-f]{40}$" };
const INDEX = { type: "integer", minimum: 0 };
const FILE = { type: "object", properties: { infoHash: HASH, index: INDEX } };
const PROOF = {
  type: "object",
  required: ["until", "key"],
  properties: { until: { type: "integer" }, key: { type: "string", pattern: "^[0-9a-f]{64}$" } },
};

interface OneFile {
  readonly Params: { readonly infoHash: string; readonly index: number };
}

/** Sends the bytes of files while they arrive: to programs with the token, to browsers at addresses that prove that they may. */
export class FileRoutes {
  readonly #daemon: Daemon;
  readonly #addresses = new FileAddresses();
  #readers = 0;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Those that want the token. */
  add(api: FastifyInstance): void {
    api.route<OneFile>({
      ...{ method: ["GET", "HEAD"], url: "/torrents/:infoHash/files/:index" },
      ...route("Bytes of a file, or of a range of it, as they arrive", { params: FILE }),
      handler: ({ params, raw }, reply) => this.#send(this.#found(params), params, raw, reply),
    });
    api.post<OneFile>(
      "/torrents/:infoHash/files/:index/address",
      route("An address of a file that needs no token: for a player or a download of a browser", {
        ...{ params: FILE, response: { 200: FILE_ADDRESS } },
      }),
      ({ params }): FileAddressJson => {
        const { name } = this.#found(params);
        const { until, key } = this.#addresses.prove(hashOf(params.infoHash), params.index, Date.now());
        const path = `/files/${params.infoHash}/${params.index}/${encodeURIComponent(name)}`;
        return { path: `${path}?until=${until}&key=${key}` };
      },
    );
  }

  /** Those for a browser. `host`: of `--api`. */
  async addOpen(http: FastifyInstance, host: string): Promise<void> {
    http.addHook("onRequest", async (request) => requireOwnHost(request, host));
    http.route<OneFile & { Querystring: AddressProof }>({
      ...{ method: ["GET", "HEAD"], url: "/files/:infoHash/:index/:name" },
      schema: { params: FILE, querystring: PROOF },
      handler: ({ params, query, raw }, reply) => {
        if (!this.#addresses.isGood(hashOf(params.infoHash), params.index, query, Date.now()))
          throw new Refusal(403, "addressOver", "This address has expired. Open the file again.");
        return this.#send(this.#found(params), params, raw, reply);
      },
    });
  }

  #found({ infoHash, index }: OneFile["Params"]): TorrentFile {
    const hash = hashOf(infoHash);
    if (!this.#daemon.has(hash)) throw new Refusal(404, "noSuchTorrent", `There is no torrent ${infoHash}.`);
    const files = this.#daemon.files(hash);
    if (files === undefined)
      throw new Refusal(
        409,
        "notOpen",
        "The files of this torrent are not known yet, or cannot be opened. Look at its state.",
      );
    const file = files.find((each) => each.index === index);
    if (file === undefined) throw new Refusal(404, "noSuchFile", `The torrent has no file ${index}.`);
    return file;
  }

  async #send(
    file: TorrentFile,
    { infoHash, index }: OneFile["Params"],
    raw: FastifyRequest["raw"],
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (this.#readers >= MAX_READERS)
      throw new Refusal(
        503,
        "tooManyReaders",
        `The daemon already sends ${MAX_READERS} files, which is as many as it can. Close one first.`,
      );
    if (!file.isSelected)
      throw new Refusal(409, "notSelected", `${file.path} is not fetched. Select it first.`);
    this.#readers += 1;
    reply.hijack();
    reply.raw.setTimeout(IDLE_MILLIS, () => void reply.raw.destroy());
    try {
      await sendFile(file, `${infoHash}-${index}`, raw, reply.raw);
    } catch (error) {
      reply.raw.destroy(); // Nobody else answers any more.
      throw error;
    } finally {
      this.#readers -= 1;
    }
    return reply;
  }
}

function hashOf(text: string): InfoHash {
  return parseInfoHash(text) as InfoHash; // The schema lets in nothing else.
}
