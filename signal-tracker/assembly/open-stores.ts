import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { dataFolderProblem } from "#disk/data-folder-problem.ts";
import { messageOf } from "#shared/base/errors.ts";
import type { Random } from "#shared/base/random.ts";
import type { RecordStore } from "../core/record-store.ts";
import { keptSecret, newSecret } from "../store/kept-secret.ts";
import type { RedisNode } from "../store/redis/redis-node.ts";
import { keptTrackerId, newTrackerId } from "../store/tracker-id.ts";
import { CONNECTION_KEY_BYTES } from "../transport/connection-ids.ts";
import { StartError } from "../transport/listen.ts";
import { openRecords } from "./open-records.ts";

/** Where to keep things. */
export interface StoreOptions {
  /** A folder on this machine. */
  readonly dataFolder: string | undefined;
  /** A Redis that this node shares with others. */
  readonly redisUrl: string | undefined;
  readonly log: Logger;
  readonly random: Random;
}

/** What a tracker keeps, and what all of its nodes must agree on. */
export interface Stores {
  readonly records: RecordStore;
  readonly trackerId: string;
  /** Signs the connection ids of the UDP tracker. */
  readonly connectionKey: Uint8Array;
  /** For the keys in .torrent files. Not among the records, so that their backup tells no keys. */
  readonly keySecret: string;
  /** Undefined: the tracker is this process alone. */
  readonly redis: RedisNode | undefined;
  close(): Promise<void>;
}

/** Rejects with a `StartError` or a `RecordFileError`. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  return options.redisUrl === undefined
    ? openOwnStores(options.dataFolder)
    : openSharedStores(options.redisUrl, options);
}

async function openOwnStores(dataFolder: string | undefined): Promise<Stores> {
  const { trackerId, keySecret } = await inFolder(dataFolder);
  const records = await openRecords(dataFolder);
  const connectionKey = randomBytes(CONNECTION_KEY_BYTES);
  return { records, trackerId, connectionKey, keySecret, redis: undefined, close: () => records.close() };
}

async function openSharedStores(url: string, { log, random }: StoreOptions): Promise<Stores> {
  // Imported here, so that a single node starts sooner and takes less memory.
  const { RedisNode } = await import("../store/redis/redis-node.ts");
  try {
    const redis = await RedisNode.open(url, log, random);
    const { records } = redis;
    const key = await redis.shared("connectionKey", () => randomBytes(CONNECTION_KEY_BYTES).toString("hex"));
    return {
      records,
      trackerId: await redis.shared("trackerId", newTrackerId),
      connectionKey: Buffer.from(key, "hex"),
      keySecret: await redis.shared("keySecret", newSecret),
      redis,
      async close() {
        await redis.close();
        await records.close();
      },
    };
  } catch (error) {
    const problem = messageOf(error);
    throw new StartError(
      `Redis cannot be used (${problem}). Check the address in --redis, and that Redis runs.`,
    );
  }
}

async function inFolder(folder: string | undefined): Promise<Pick<Stores, "trackerId" | "keySecret">> {
  if (folder === undefined) return { trackerId: newTrackerId(), keySecret: newSecret() };
  try {
    return { trackerId: await keptTrackerId(folder), keySecret: await keptSecret(folder, "key-secret") };
  } catch (error) {
    throw new StartError(dataFolderProblem(error));
  }
}
