import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerKey, type TrackerKey, withKey } from "#shared/base/tracker-key.ts";
import { hostOf } from "#shared/base/tracker-url.ts";
import { forgetSecret, keepSecret, readSecret, secretsNamed } from "./secrets.ts";

/** Somebody who is logged in at a tracker, by a key that was made for this machine. */
export interface Login {
  /** The account's name. */
  readonly name: string;
  readonly keyId: string;
  readonly key: TrackerKey;
}

const LOGIN = "login ";

/** An announce URL without a key: `/` or `/announce`. */
const BARE = /^\w+:\/\/[^/?]+\/(announce)?$/;
/** For each scheme over which a key was made, the schemes over which it may travel: none protects it less. */
const SAME_PROTECTION: Readonly<Record<string, readonly string[]>> = {
  http: ["http", "ws", "udp"],
  https: ["https", "wss"],
};

/** The log-ins that `tabswarm login` has kept. */
export class Logins {
  readonly #byTracker: ReadonlyMap<string, Login>;

  constructor(byTracker: ReadonlyMap<string, Login>) {
    this.#byTracker = byTracker;
  }

  /** The log-in at the address of that tracker, whatever transport the URL names. */
  at(url: TrackerUrl): Login | undefined {
    const scheme = url.split(":", 1)[0] ?? "";
    const page = SAME_PROTECTION["https"]?.includes(scheme) ? "https" : "http";
    return this.#byTracker.get(`${page}://${hostOf(url)}/`);
  }

  /** The URL with the key of whoever is logged in there. Without a log-in, or with another key in it, the URL as it is. */
  withKey(url: TrackerUrl): TrackerUrl {
    const login = BARE.test(url) || !url.slice("udp://".length).includes("/") ? this.at(url) : undefined;
    return login === undefined ? url : withKey(url, login.key);
  }
}

/** Reads all of them. */
export async function readLogins(): Promise<Logins> {
  const logins = new Map<string, Login>();
  for (const name of await secretsNamed(LOGIN)) {
    const login = parseLogin(await readSecret(name));
    if (login !== undefined) logins.set(name.slice(LOGIN.length), login);
  }
  return new Logins(logins);
}

/** Keeps a log-in in place of an earlier one at the same address. */
export async function keepLogin(tracker: TrackerUrl, login: Login): Promise<void> {
  await keepSecret(`${LOGIN}${tracker}`, login);
}

export async function forgetLogin(tracker: TrackerUrl): Promise<void> {
  await forgetSecret(`${LOGIN}${tracker}`);
}

function parseLogin(value: unknown): Login | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, keyId, key }: Partial<Record<string, unknown>> = { ...value };
  const read = typeof key === "string" ? parseTrackerKey(key) : undefined;
  if (typeof name !== "string" || typeof keyId !== "string" || read === undefined) return undefined;
  return { name, keyId, key: read };
}
