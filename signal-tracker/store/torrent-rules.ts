import { messageOf } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { InfoHashList, type ListWarning } from "./info-hash-list.ts";

/** Which torrents the operator allows. */
export interface TorrentRules {
  /** Undefined: all are allowed. */
  readonly isAllowed: ((infoHash: InfoHash) => boolean) | undefined;
  /** Calls the listener whenever a list has been read again. */
  onChange(listener: () => void): void;
  close(): void;
}

/** Paths of the operator's lists. */
export interface TorrentLists {
  /** Only the torrents in it are allowed. */
  readonly allowList?: string | undefined;
  /** The torrents in it are not allowed, even if the other list has them. */
  readonly denyList?: string | undefined;
}

/** A list cannot be read. The message names it. */
export class TorrentRulesError extends Error {
  override readonly name = "TorrentRulesError";
}

/** Reads the lists, now and whenever they change. Rejects with a `TorrentRulesError`. */
export async function openTorrentRules(
  { allowList, denyList }: TorrentLists,
  warn: ListWarning,
): Promise<TorrentRules> {
  const allowed = await open(allowList, "--allow-list", warn);
  const denied = await open(denyList, "--deny-list", warn).catch((error: unknown) => {
    allowed?.close();
    throw error;
  });
  const isAllowed = (infoHash: InfoHash): boolean =>
    (allowed === undefined || allowed.has(infoHash)) && denied?.has(infoHash) !== true;
  return {
    isAllowed: allowed === undefined && denied === undefined ? undefined : isAllowed,
    onChange: (listener) => {
      allowed?.onChange(listener);
      denied?.onChange(listener);
    },
    close: () => {
      allowed?.close();
      denied?.close();
    },
  };
}

async function open(
  file: string | undefined,
  flag: string,
  warn: ListWarning,
): Promise<InfoHashList | undefined> {
  if (file === undefined) return undefined;
  try {
    return await InfoHashList.open(file, warn);
  } catch (error) {
    const problem = messageOf(error);
    throw new TorrentRulesError(`The list ${file} of ${flag} cannot be read: ${problem}.`);
  }
}
