import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerKey, type TrackerKey, withKey } from "#shared/base/tracker-key.ts";
import { hostOf, parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { forgetSecret, keepSecret, readSecret, secretsNamed } from "./secrets.ts";

/** Somebody who is logged in at a tracker, by a key that was made for this machine. */
export interface Login {
  /** Where the person logged in: the tracker's page. */
  readonly tracker: TrackerUrl;
  /** The account's name. */
  readonly name: string;
  readonly keyId: string;
  readonly key: TrackerKey;
  /**
   * The pages of the tracker's other nodes, where the key is good as well. Only that tracker itself may name them: it has the key
   * anyway.
   */
  readonly nodes: readonly TrackerUrl[];
}

const LOGIN = "login ";

/** A tracker names no more of its nodes. */
const MAX_NODES = 4;

/** An announce URL without a key: `/` or `/announce`. */
const BARE = /^\w+:\/\/[^/?]+\/(announce)?$/;
/** For each scheme over which a key was made, the schemes over which it may travel: none protects it less. */
const SAME_PROTECTION: Readonly<Record<string, readonly string[]>> = {
  http: ["http", "ws", "udp"],
  https: ["https", "wss"],
};

/** The log-ins that `tabswarm login` has kept. */
export class Logins {
  readonly #all: readonly Login[];
  readonly #byPage: ReadonlyMap<string, Login>;

  constructor(all: readonly Login[]) {
    this.#all = all;
    const atNodes = all.flatMap((login) => nodesOf(login).map((node) => [node, login] as const));
    // Where somebody has logged in, no other tracker can say that its key is the right one.
    this.#byPage = new Map([...atNodes, ...all.map((login) => [login.tracker, login] as const)]);
  }

  /** These log-ins, now that a tracker has named its nodes. */
  withNodes(tracker: TrackerUrl, nodes: readonly TrackerUrl[]): Logins {
    return new Logins(
      this.#all.map((login) => (login.tracker === tracker && nodes.length > 0 ? { ...login, nodes } : login)),
    );
  }

  /** The log-in at the address of that tracker, whatever transport the URL names. */
  at(url: TrackerUrl): Login | undefined {
    const scheme = url.split(":", 1)[0] ?? "";
    const page = SAME_PROTECTION["https"]?.includes(scheme) ? "https" : "http";
    return this.#byPage.get(`${page}://${hostOf(url)}/`);
  }

  /** The URL with the key of whoever is logged in there. Without a log-in, or with another key in it, the URL as it is. */
  withKey(url: TrackerUrl): TrackerUrl {
    const login = BARE.test(url) || !url.slice("udp://".length).includes("/") ? this.at(url) : undefined;
    return login === undefined ? url : withKey(url, login.key);
  }
}

/** The nodes that may get the key, as well protected as the tracker that it was got at. */
function nodesOf({ tracker, nodes }: Login): readonly TrackerUrl[] {
  const safe = nodes.filter((node) => node.startsWith("https:") || tracker.startsWith("http:"));
  return safe.slice(0, MAX_NODES);
}

/** Reads all of them. */
export async function readLogins(): Promise<Logins> {
  const logins: Login[] = [];
  for (const name of await secretsNamed(LOGIN)) {
    const login = parseLogin(name.slice(LOGIN.length) as TrackerUrl, await readSecret(name));
    if (login !== undefined) logins.push(login);
  }
  return new Logins(logins);
}

/** Keeps a log-in in place of an earlier one at the same address. */
export async function keepLogin(login: Login): Promise<void> {
  const { tracker, ...kept } = login;
  await keepSecret(`${LOGIN}${tracker}`, kept);
}

export async function forgetLogin({ tracker }: Login): Promise<void> {
  await forgetSecret(`${LOGIN}${tracker}`);
}

function parseLogin(tracker: TrackerUrl, value: unknown): Login | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, keyId, key, nodes }: Partial<Record<string, unknown>> = { ...value };
  const read = typeof key === "string" ? parseTrackerKey(key) : undefined;
  if (typeof name !== "string" || typeof keyId !== "string" || read === undefined) return undefined;
  return { tracker, name, keyId, key: read, nodes: readNodes(nodes) };
}

/** Log-ins that were kept by earlier versions have none. */
function readNodes(value: unknown): readonly TrackerUrl[] {
  const texts = Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
  return parseTrackerUrls(texts.slice(0, MAX_NODES));
}
