import { readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { UsageError } from "#shared/base/errors.ts";
import type { ListedTorrent, TorrentListJson } from "#shared/daemon/daemon-api.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { readClaim } from "./daemon-claim.ts";

/** The file in a state folder with the token of the API, 43 characters of base64url. */
export const TOKEN_FILE = "api-token";

const TOKEN = /^[\w-]{43}$/;

/** Digits of an info-hash by which people name a torrent: shorter ones would soon name several. */
const MIN_PREFIX = 4;

/** The token in a state folder. Undefined: it has no token, or we may not read it. */
export async function readToken(folder: string): Promise<string | undefined> {
  const kept = await readFile(join(folder, TOKEN_FILE), "utf8").catch(() => "");
  return TOKEN.test(kept.trim()) ? kept.trim() : undefined;
}

/** Talks to the daemon of a state folder. */
export class DaemonClient {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Finds it. Rejects with a `StorageError` if none has run there, or its token cannot be read. */
  static async find(stateFolder: string): Promise<DaemonClient> {
    const claim = await readClaim(stateFolder);
    if (claim === undefined) throw noDaemon(stateFolder);
    const token = await readToken(stateFolder);
    if (token === undefined)
      throw new StorageError(
        `The token in ${join(stateFolder, TOKEN_FILE)} cannot be read. Run this as the user that the daemon runs as.`,
      );
    return new DaemonClient(claim.url, token);
  }

  /** Asks, and resolves with the answer. Rejects with a `StorageError` if the daemon does not answer, with a `UsageError` if it refuses. */
  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.#send(method, path, body === undefined ? undefined : JSON.stringify(body));
    const content = await text(answer).catch(() => "");
    const { statusCode = 0 } = answer;
    if (statusCode === 204) return undefined as Answer;
    const json: unknown = parsed(content);
    if (json !== undefined && statusCode < 300) return json as Answer;
    const { code, message } = Object(Object(json).error);
    if (typeof code === "string" && typeof message === "string") throw new UsageError(code, message);
    throw new StorageError(
      `${this.#url} does not answer like a daemon (status ${statusCode}). Start it anew.`,
    );
  }

  /** The torrents that people name by their info-hash, its first digits, or their whole name. Rejects with a `UsageError` for no such one. */
  async named(names: readonly string[]): Promise<readonly ListedTorrent[]> {
    const { items } = await this.ask<TorrentListJson>("GET", "/api/torrents");
    return names.map((name) => torrentNamed(name, items));
  }

  #send(method: string, path: string, body: string | undefined): Promise<IncomingMessage> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(this.#url + path, { method, headers }, resolve);
      asked.on("error", ({ message }) =>
        reject(
          new StorageError(
            `The daemon at ${this.#url} does not answer (${message}). Start it: tabswarm daemon`,
          ),
        ),
      );
      asked.end(body);
    });
  }
}

/** One of some torrents. Throws a `UsageError`. */
function torrentNamed(name: string, torrents: readonly ListedTorrent[]): ListedTorrent {
  const prefix = /^[0-9a-f]{4,40}$/i.test(name) ? name.toLowerCase() : undefined;
  const found = torrents.filter(
    (torrent) => torrent.name === name || (prefix !== undefined && torrent.infoHash.startsWith(prefix)),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined)
    throw new UsageError(
      "noSuchTorrent",
      `The daemon has no torrent ${name}. Name it by its name or by ${MIN_PREFIX} or more digits of its info-hash; tabswarm list shows both.`,
    );
  throw new UsageError(
    "severalTorrents",
    `${found.length} torrents are named by ${name}. Use more of the info-hash.`,
  );
}

function noDaemon(stateFolder: string): StorageError {
  return new StorageError(
    `No daemon runs with the state folder ${stateFolder}. Start it with: tabswarm daemon. If it has another folder, pass --state.`,
  );
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
