import type { TrackerUrl } from "../base/ids.ts";
import { parseTrackerUrl, parseTrackerUrls } from "../base/tracker-url.ts";
import { fieldsOf, isTextUpTo, listOf } from "./json-fields.ts";

/** A Tabswarm tracker's settings for pages and commands (`GET /config.json`). */
export interface TrackerConfig {
  /** Public address of its page: http or https, with a trailing slash. Undefined if it does not say. */
  readonly pageUrl: TrackerUrl | undefined;
  /** Its public announce URLs. */
  readonly trackers: readonly TrackerUrl[];
  /** For `RTCPeerConnection`. */
  readonly iceServers: readonly IceServer[];
  /** Seconds for which the passwords in `iceServers` are good. Undefined: for ever. */
  readonly iceLifetimeSeconds: number | undefined;
  /** Whether people can publish torrents there, and find them. */
  readonly catalog: boolean;
  /** Whether people nearby find each other through it. */
  readonly nearby: boolean;
  /** Whether its page `/trust` says how to trust its certificate. */
  readonly trust: boolean;
  /** Its accounts. Undefined: it has none, and asks for nothing. */
  readonly accounts: { readonly isRegistrationOpen: boolean } | undefined;
}

/** A STUN or TURN server, as `RTCPeerConnection` takes it. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** More slow gathering down, and browsers warn. Also limits the URLs of one server. */
export const MAX_ICE_SERVERS = 10;

/** From a minute, so that nobody has to ask all the time, to a week, which no page stays open. */
const ICE_LIFETIME_SECONDS = { min: 60, max: 7 * 24 * 60 * 60 };

/** Characters of any string in it: no URL is longer, nor is a temporary TURN password. */
export const MAX_CONFIG_TEXT_CHARACTERS = 1_024;

/** The schemes of RFC 7064 and RFC 7065. With any other, the `RTCPeerConnection` constructor throws. */
const ICE_URL = /^(stun|turn)s?:[^\s/]/i;

/** Parses the response. Leaves out whatever is malformed or too much. */
export function parseTrackerConfig(answer: unknown): TrackerConfig {
  const said = fieldsOf(answer);
  const { pageUrl, trackers, iceServers, iceLifetimeSeconds, catalog, nearby, trust } = said;
  const { accounts, isRegistrationOpen } = said;
  return {
    pageUrl: pageUrlOf(pageUrl),
    trackers: parseTrackerUrls(listOf(trackers).filter(isText)),
    iceServers: listOf(iceServers).slice(0, MAX_ICE_SERVERS).flatMap(readIceServer),
    iceLifetimeSeconds: readLifetime(iceLifetimeSeconds),
    catalog: catalog === true,
    nearby: nearby === true,
    trust: trust === true,
    accounts: accounts === true ? { isRegistrationOpen: isRegistrationOpen !== false } : undefined,
  };
}

/** Whether a URL looks like a Tabswarm tracker, `http(s)://host[:port]/`, and not like an announce URL. */
export function isTabswarmTracker(url: TrackerUrl): boolean {
  return /^https?:\/\/[^/?]+\/$/.test(url);
}

function readLifetime(value: unknown): number | undefined {
  const { min, max } = ICE_LIFETIME_SECONDS;
  return typeof value === "number" && value > 0 ? Math.min(max, Math.max(min, value)) : undefined;
}

function pageUrlOf(value: unknown): TrackerUrl | undefined {
  const url = isText(value) ? parseTrackerUrl(value) : undefined;
  return url !== undefined && isTabswarmTracker(url) ? url : undefined;
}

function readIceServer(value: unknown): IceServer[] {
  const { urls, username, credential } = fieldsOf(value);
  const all = isText(urls) ? [urls] : listOf(urls).slice(0, MAX_ICE_SERVERS).filter(isText);
  const usable = all.filter((url) => ICE_URL.test(url));
  if (usable.length === 0) return [];
  return [{ urls: usable, ...(isText(username) && { username }), ...(isText(credential) && { credential }) }];
}

function isText(value: unknown): value is string {
  return isTextUpTo(MAX_CONFIG_TEXT_CHARACTERS, value);
}
