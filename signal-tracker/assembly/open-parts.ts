import type { Logger } from "pino";
import type { Random } from "#shared/base/random.ts";
import type { AccountParts } from "../accounts/open-accounts.ts";
import type { OpenLimiter } from "../accounts/rate-limits.ts";
import type { LiveCertificate } from "../certificates/live-certificate.ts";
import type { SwarmStore } from "../core/swarm-store.ts";
import { RecordFileError } from "../store/record-file-error.ts";
import {
  openTorrentRules,
  type TorrentLists,
  type TorrentRules,
  TorrentRulesError,
} from "../store/torrent-rules.ts";
import { StartError } from "../transport/listen.ts";
import { type HttpsWish, openHttpsCertificate } from "./open-https.ts";
import { openStores, type Stores } from "./open-stores.ts";
import { openSwarms } from "./open-swarms.ts";

/** What the tracker opens before its ports. */
export interface Parts extends Stores {
  readonly certificate: LiveCertificate | undefined;
  readonly rules: TorrentRules;
  readonly swarms: SwarmStore;
  /** Undefined: there are no accounts. */
  readonly accounts: AccountParts | undefined;
  close(): Promise<void>;
}

/** What decides which parts there are. */
export interface PartsOptions extends TorrentLists {
  readonly host: string;
  readonly publicUrl?: URL | undefined;
  readonly https?: HttpsWish | undefined;
  readonly dataFolder?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly accounts?: boolean | undefined;
  readonly log: Logger;
  readonly random: Random;
}

/** Opens them one after the other. Rejects with a `StartError`, and then leaves none open. */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { https, dataFolder, redisUrl, log, random } = options;
  const opened: { close(): unknown }[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.reverse()) await part.close();
  };
  try {
    const certificate = await openHttpsCertificate(https, options);
    if (certificate !== undefined) opened.push(certificate);
    const rules = await openTorrentRules(options, (sentence) => log.warn(sentence));
    opened.push(rules);
    const stores = await openStores({ dataFolder, redisUrl, log, random });
    opened.push(stores);
    const accounts = options.accounts === true ? await openAccountsIn(stores, log) : undefined;
    if (accounts !== undefined) opened.push(accounts);
    // With Redis, the swarms of a node that has ended are still there.
    const swarmFolder = redisUrl === undefined ? dataFolder : undefined;
    const swarms = await openSwarms(swarmFolder, rules.isAllowed, log);
    opened.push(swarms);
    return { ...stores, certificate, rules, accounts, swarms: swarms.store, close };
  } catch (error) {
    await close();
    const isExplained = error instanceof RecordFileError || error instanceof TorrentRulesError;
    throw isExplained ? new StartError(error.message) : error;
  }
}

async function openAccountsIn({ records, redis, keySecret }: Stores, log: Logger): Promise<AccountParts> {
  // Imported here, so that trackers without accounts do without the password hashing.
  const { openAccounts } = await import("../accounts/open-accounts.ts");
  const failed = (error: unknown) => log.warn({ err: error }, "expired records could not be removed");
  const openLimiter: OpenLimiter | undefined = redis && ((options) => redis.openLimiter(options));
  const parts = await openAccounts({
    ...{ store: records, keySecret, failed },
    ...(openLimiter !== undefined && { openLimiter }),
    ...(redis !== undefined && { agree: (make) => redis.shared("adminCode", make) }),
  });
  const { endings } = parts;
  redis?.onEnding((ending) => endings.heard(ending));
  endings.onTold((ending) => redis?.tellEnding(ending));
  return parts;
}
