import type { TrackerUrl } from "../base/ids.ts";
import { parseTrackerUrl, parseTrackerUrls } from "../base/tracker-url.ts";

/** What a Tabswarm tracker says of itself to pages and commands (`GET /config.json`). */
export interface TrackerConfig {
  /** Its page's address for everybody: http or https, ends in a slash. Undefined: it does not say. */
  readonly pageUrl: TrackerUrl | undefined;
  /** Its announce URLs for everybody. */
  readonly trackers: readonly TrackerUrl[];
  /** For `RTCPeerConnection`. */
  readonly iceServers: readonly IceServer[];
}

/** A STUN or TURN server, as `RTCPeerConnection` takes it. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** More make gathering slow, and browsers warn. Also the most URLs of one server. */
export const MAX_ICE_SERVERS = 10;

/** Characters of any text in it: no URL is longer, and temporary TURN passwords have some hundred. */
export const MAX_TEXT_CHARACTERS = 1_024;

/** The schemes of RFC 7064 and RFC 7065. With any other one `RTCPeerConnection` cannot be made at all. */
const ICE_URL = /^(stun|turn)s?:[^\s/]/i;

/** Reads the answer. Whatever is missing, malformed or too much is left out. */
export function parseTrackerConfig(answer: unknown): TrackerConfig {
  const { pageUrl, trackers, iceServers } = fieldsOf(answer);
  return {
    pageUrl: pageUrlOf(pageUrl),
    trackers: parseTrackerUrls(listOf(trackers).filter(isText)),
    iceServers: listOf(iceServers).slice(0, MAX_ICE_SERVERS).flatMap(readIceServer),
  };
}

/** Whether a URL is written as that of a Tabswarm tracker, `http(s)://host[:port]/`, and not as an announce URL. */
export function isTabswarmTracker(url: TrackerUrl): boolean {
  return /^https?:\/\/[^/?]+\/$/.test(url);
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

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_TEXT_CHARACTERS;
}
