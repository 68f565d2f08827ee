import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError, type Option } from "commander";
import { readStart } from "#headless-peer/sources/read-start.ts";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import { encryptionOf } from "#shared/library/encryption.ts";
import { holdsLink } from "#shared/meta/links.ts";
import { parseDescription } from "../flags/description-flag.ts";
import { parseJson } from "../flags/json-text.ts";
import { addLimitKeys, type TorrentLimits } from "../flags/limit-flags.ts";
import type { LogFlags } from "../flags/log.ts";
import { addPeerFlags, isMute, type PeerFlags } from "../flags/peer-flags.ts";
import { parseGlob } from "../flags/select-flag.ts";
import type { SeedWish } from "./seed-source.ts";

/** What a config names to seed and to download. */
export interface ConfigWishes {
  readonly seeds: readonly PublishedSeed[];
  readonly downloads: readonly ConfigDownload[];
}

/** Something to download. */
export interface ConfigDownload {
  /** A .torrent file, or a text with links. */
  readonly source: string;
  readonly folder: string;
  readonly select: readonly string[];
  readonly limits: TorrentLimits;
}

/** One peer of a config. */
export interface PeerConfig extends ConfigWishes {
  readonly id: string;
  readonly flags: PeerFlags;
}

/** What a peer seeds, and what the catalogs of its trackers say about it. Absent: it is not published. */
export interface PublishedSeed extends SeedWish {
  readonly description?: string;
  readonly limits: TorrentLimits;
}

/** Bytes of a config file: a thousand peers would fit. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** Peers of one process: each has a port, and up to 50 links. */
export const MAX_PEERS = 50;

/** Torrents of one peer. */
export const MAX_TORRENTS = 1_000;

/** An id names a log file, too. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

type Json = Readonly<Record<string, unknown>>;

/** Reads a config file; paths in it are relative to its folder. Errors name the key that is wrong. */
export function readStartConfig(path: string, log: LogFlags): Promise<readonly PeerConfig[]> {
  return readConfig(path, (text, folder) => parseStartConfig(text, folder, log));
}

/** Reads what a daemon's config names under `seed` and `download`. Its other keys are flags. Rejects like `readStartConfig`. */
export function readConfigWishes(path: string): Promise<ConfigWishes> {
  return readConfig(path, (text, folder) => {
    const config = parseJson(text);
    return typeof config === "object" && config !== null
      ? wishesIn({ ...config }, "", folder)
      : { seeds: [], downloads: [] };
  });
}

/** The keys that `readConfigWishes` reads. */
export const WISH_KEYS = ["seed", "download"] as const;

async function readConfig<Config>(
  path: string,
  parse: (text: string, folder: string) => Config,
): Promise<Config> {
  const bytes = await readStart(path, MAX_CONFIG_BYTES + 1);
  if (bytes.length > MAX_CONFIG_BYTES)
    throw new UsageError("config", `${path} is larger than a config file can be. Name another file.`);
  try {
    return parse(new TextDecoder().decode(bytes), dirname(resolve(path)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `${path}: ${error.message}`);
  }
}

/** The same for a text; `folder` is absolute. */
export function parseStartConfig(text: string, folder: string, log: LogFlags): readonly PeerConfig[] {
  const config = object(parseJson(text), "", ["peers"]);
  const peers = list(config["peers"], "peers", 1, MAX_PEERS).map((peer, at) =>
    peerConfig(peer, `peers[${at}]`, folder, log),
  );
  const ids = new Set<string>();
  for (const [at, { id }] of peers.entries()) {
    if (ids.has(id)) throw wrong(`peers[${at}].id`, `is "${id}" again; each peer needs its own`);
    ids.add(id);
  }
  return peers;
}

function peerConfig(value: unknown, path: string, folder: string, log: LogFlags): PeerConfig {
  const command = addPeerFlags(new Command());
  const peer = object(value, path, ["id", ...WISH_KEYS, ...keysOf(command)]);
  const id = string(peer["id"], `${path}.id`);
  if (!ID.test(id))
    throw wrong(
      `${path}.id`,
      "must be a name of 1 to 64 letters, digits, dots, dashes and underscores that begins with a letter or digit",
    );
  const { seeds, downloads } = wishesIn(peer, path, folder);
  if (seeds.length + downloads.length === 0)
    throw wrong(path, "has nothing to do: give it a seed or a download");
  const flags = { ...flagsIn<PeerFlags>(command, peer, path), ...log };
  if (isMute(flags)) throw wrong(path, "has rtc and tcp switched off, so it can reach no peer");
  const published = seeds.findIndex(({ description }) => description !== undefined);
  if (published >= 0 && !flags.tracker.some(isTabswarmTracker))
    throw wrong(
      `${path}.seed[${published}].publish`,
      `needs a Tabswarm tracker such as http://192.168.1.5:8000 in ${path}.trackers`,
    );
  return { id, flags, seeds, downloads };
}

function wishesIn(config: Json, path: string, folder: string): ConfigWishes {
  const entries = (key: (typeof WISH_KEYS)[number]): readonly unknown[] =>
    list(config[key] ?? [], join(path, key), 0, MAX_TORRENTS);
  return {
    seeds: entries("seed").map((seed, at) => seedWish(seed, join(path, `seed[${at}]`), folder)),
    downloads: entries("download").map((download, at) =>
      downloadWish(download, join(path, `download[${at}]`), folder),
    ),
  };
}

const SEED_KEYS = ["path", "torrent", "data", "publish", "description", "encrypt", "link"] as const;

function seedWish(value: unknown, path: string, folder: string): PublishedSeed {
  if (typeof value === "string")
    return { paths: [resolve(folder, string(value, path))], private: false, limits: {} };
  const limits = addLimitKeys(new Command(), "seed");
  const seed = object(value, path, [...SEED_KEYS, ...keysOf(limits)]);
  const named = (key: "path" | "torrent" | "data"): string =>
    resolve(folder, string(seed[key], `${path}.${key}`));
  if ((seed["path"] === undefined) === (seed["torrent"] === undefined))
    throw wrong(path, "must have either a path, of files to share, or a torrent");
  if (seed["path"] !== undefined && seed["data"] !== undefined)
    throw wrong(`${path}.data`, "goes with a torrent");
  return {
    paths: [named(seed["path"] === undefined ? "torrent" : "path")],
    ...(seed["data"] !== undefined && { data: named("data") }),
    private: false,
    ...publication(seed, path),
    ...encryption(seed, path),
    limits: flagsIn<TorrentLimits>(limits, seed, path),
  };
}

function publication(seed: Json, path: string): Pick<PublishedSeed, "description"> {
  const { publish = false, description } = seed;
  if (typeof publish !== "boolean") throw wrong(`${path}.publish`, "must be true or false");
  if (description !== undefined && !publish) throw wrong(`${path}.description`, 'goes with "publish": true');
  if (!publish) return {};
  if (description === undefined) return { description: "" };
  const text = string(description, `${path}.description`);
  return { description: checked(`${path}.description`, () => parseDescription(text)) };
}

/** An encrypted share. `link`: the one that was made of the same files before. */
function encryption(seed: Json, path: string): Pick<PublishedSeed, "encrypt"> {
  const { encrypt = false, link } = seed;
  if (typeof encrypt !== "boolean") throw wrong(`${path}.encrypt`, "must be true or false");
  const key = link === undefined ? "encrypt" : "link";
  if (!encrypt && link === undefined) return {};
  if (seed["torrent"] !== undefined) throw wrong(`${path}.${key}`, "goes with a path, of files to share");
  if (seed["publish"] === true)
    throw wrong(
      `${path}.${key}`,
      "does not go with publish: nobody who finds it in the catalog could read it",
    );
  const again = link === undefined ? undefined : string(link, `${path}.link`);
  try {
    return { encrypt: encryptionOf({ encrypt: again === undefined ? true : { again } }) };
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof UsageError)) throw error;
    throw new UsageError("config", `${path}.link is wrong. ${error.message}`);
  }
}

function downloadWish(value: unknown, path: string, folder: string): PeerConfig["downloads"][number] {
  const limits = addLimitKeys(new Command(), "download");
  const download =
    typeof value === "string"
      ? { torrent: value }
      : object(value, path, ["torrent", "out", "select", ...keysOf(limits)]);
  const source = string(download["torrent"], `${path}.torrent`);
  const globs = list(download["select"] ?? [], `${path}.select`, 0, MAX_TORRENTS);
  return {
    source: holdsLink(source) ? source : resolve(folder, source),
    folder: resolve(folder, string(download["out"] ?? ".", `${path}.out`)),
    select: globs.flatMap((glob, at) =>
      checked(`${path}.select[${at}]`, () => parseGlob(string(glob, `${path}.select[${at}]`))),
    ),
    limits: flagsIn<TorrentLimits>(limits, download, path),
  };
}

/** Every flag is a key here: `--rate-up 2M` is `"rateUp": "2M"`, `--no-rtc` is `"rtc": false`; a repeatable flag is a list. */
function flagsIn<Flags extends object>(command: Command, value: Json, path: string): Flags {
  const words = command.options.flatMap((option) => {
    const key = keyOf(option);
    return value[key] === undefined ? [] : wordsOf(option, value[key], `${path}.${key}`);
  });
  return command.parse(words, { from: "user" }).opts<Flags>();
}

/** The keys of a command's flags. */
function keysOf(command: Command): readonly string[] {
  return command.options.map(keyOf);
}

/** The key of a flag: its name in camel case, and `trackers` for `--tracker`. */
function keyOf(option: Option): string {
  const name = option.attributeName();
  return name === "tracker" ? "trackers" : name;
}

function wordsOf(option: Option, value: unknown, path: string): string[] {
  const flag = option.long ?? "";
  if (!option.required) {
    if (typeof value !== "boolean") throw wrong(path, "must be true or false");
    return value === option.negate ? [] : [flag];
  }
  if (!Array.isArray(option.defaultValue)) return [wordOf(option, value, path)];
  return list(value, path, 0, MAX_TORRENTS).map((one, at) => wordOf(option, one, `${path}[${at}]`));
}

function wordOf(option: Option, value: unknown, path: string): string {
  const text = typeof value === "number" ? String(value) : string(value, path);
  checked(path, () => option.parseArg?.(text, undefined));
  return `${option.long}=${text}`;
}

function checked<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidArgumentError)
      throw new UsageError("config", `${path} is wrong. ${error.message}`);
    throw error;
  }
}

function object<Key extends string>(
  value: unknown,
  path: string,
  keys: readonly Key[],
): Partial<Record<Key, unknown>> & Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(path || "The file", "must be an object, in { }");
  const known: readonly string[] = keys;
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger === undefined) return { ...value };
  throw wrong(join(path, stranger), `is not a key here; use ${known.join(", ")}`);
}

function list(value: unknown, path: string, least: number, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length >= least && value.length <= most) return value;
  throw wrong(path, `must be a list of ${least} to ${most}, in [ ]`);
}

function string(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
  throw wrong(path, 'must be a text, in " "');
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function wrong(path: string, what: string): UsageError {
  return new UsageError("config", `${path} ${what}.`);
}
