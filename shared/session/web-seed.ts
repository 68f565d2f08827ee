import type { FetchId, LinkId, Millis, PieceIndex, WebSeedUrl } from "../base/ids.ts";
import type { Block } from "../meta/layout.ts";
import type { NamedWebSeed } from "../meta/web-seeds.ts";
import { Rate } from "../policy/rate.ts";

/** The first wait after a failure; each further one is twice as long. */
const FIRST_REST_MILLIS = 10_000;
/** The same if somebody must first change something at the server. */
const LASTING_REST_MILLIS = 600_000;
/** The longest wait, also if the server wants a longer one: a person who leaves a download running sees that it is back. */
export const MAX_REST_MILLIS = 3_600_000;

/** Why a range did not come. */
export interface FetchProblem {
  /** Words that fit after the server's name and a colon. Safe to print. */
  readonly reason: string;
  /** How long the server wants us to stay away. Absent: it does not say. */
  readonly retryInSeconds?: number | undefined;
  /**
   * `passing`: it may work soon. `lasting`: somebody must change something first. `noFile`: the server lacks the file of the range, or
   * part of it, and may have others.
   */
  readonly kind: "passing" | "lasting" | "noFile";
}

/** A run of blocks that we wait for. */
export interface WebFetch {
  readonly blocks: readonly Block[];
  readonly startedAt: Millis;
  /** When its latest block came, or it began. */
  gaveAt: Millis;
  bytes: number;
  /** Of its blocks, those that have neither come nor been withdrawn. */
  pending: number;
}

/** A web server that has the files of a torrent (BEP 19), as the torrent knows it. */
export interface WebSeed {
  readonly url: WebSeedUrl;
  /** With its port: what it does counts together with other web seeds there. */
  readonly host: string;
  /** The person named it. */
  readonly isTrusted: boolean;
  /** Names it in the picker, beside the links to peers. */
  readonly link: LinkId;
  readonly fetches: Map<FetchId, WebFetch>;
  readonly down: Rate;
  /** Under a limit of the rate: turns that it has had and not used yet, one block each. */
  turns: number;
  /** Failures since it last sent something good. */
  failures: number;
  /** It is left alone until then. Undefined: it may be asked. */
  restsUntil: Millis | undefined;
  /** It sent bad data: it is not asked again. */
  isBanned: boolean;
  /** What went wrong last, until something good came. */
  problem: string | undefined;
  /** What it lacks of the torrent, in words. Undefined: nothing, as far as we know. */
  lacks: string | undefined;
  goodPieces: number;
  failedPieces: number;
  /** Times that a range did not come. */
  stalls: number;
  lastPiece: PieceIndex | undefined;
}

/** Whether it may be asked now. */
export function isReady({ isBanned, restsUntil }: WebSeed, now: Millis): boolean {
  return !isBanned && (restsUntil === undefined || now >= restsUntil);
}

/** How long it is left alone after this problem, in milliseconds. */
export function restAfter({ failures }: WebSeed, { kind, retryInSeconds }: FetchProblem): number {
  const first = kind === "passing" ? FIRST_REST_MILLIS : LASTING_REST_MILLIS;
  const rest = Math.max(first * 2 ** Math.min(failures, 16), (retryInSeconds ?? 0) * 1000);
  return Math.min(rest, MAX_REST_MILLIS);
}

/** A web seed that was not asked yet. `link`: names it in the picker. */
export function newSeed({ url, isTrusted }: NamedWebSeed, link: LinkId): WebSeed {
  return {
    url,
    host: new URL(url).host,
    isTrusted,
    link,
    fetches: new Map(),
    down: new Rate(),
    turns: 0,
    failures: 0,
    restsUntil: undefined,
    isBanned: false,
    problem: undefined,
    lacks: undefined,
    goodPieces: 0,
    failedPieces: 0,
    stalls: 0,
    lastPiece: undefined,
  };
}
