import type { IncomingMessage } from "node:http";
import {
  type Admission,
  type Admitted,
  type Credential,
  type Decision,
  isEnded,
  LOGIN_NEEDED,
} from "../accounts/admission.ts";
import type { Endings } from "../accounts/endings.ts";
import type { Refused } from "../accounts/keys.ts";
import type { Ending } from "../core/ending.ts";
import type { AccountId, TokenHash } from "../core/record-store.ts";
import { Tally } from "../core/tally.ts";
import { MAX_SOCKETS_PER_ACCOUNT, MEMBERS_RECHECKED_MILLIS } from "../limits/accounts.ts";
import type { Origins } from "./origins.ts";
import type { Proxies } from "./proxies.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { SocketClient } from "./socket-client.ts";
import { parseTrackerPath } from "./tracker-path.ts";

/** What it takes to let in sockets of people with an account. */
export interface SocketGateOptions {
  readonly admission: Pick<Admission, "byKey" | "bySession" | "again">;
  readonly endings: Endings;
  readonly origins: Origins;
  readonly proxies: Proxies;
  readonly maxSocketsPerAccount?: number;
  readonly recheckMillis?: number;
}

/**
 * Decides which sockets may announce, and tells when one may no longer.
 *
 * Invariant: each admitted client is in the map until it leaves, and its account counts it.
 */
export class SocketGate {
  readonly #options: SocketGateOptions;
  readonly #admitted = new Map<SocketClient, Admitted>();
  readonly #socketsOf = new Tally<AccountId>();
  readonly #timer: NodeJS.Timeout;
  #end: (client: SocketClient, reason: string) => void = () => {};

  constructor(options: SocketGateOptions) {
    this.#options = options;
    const { endings, recheckMillis = MEMBERS_RECHECKED_MILLIS } = options;
    endings.listen((ending) => this.#ended(ending));
    this.#timer = setInterval(() => void this.#recheck(), recheckMillis);
  }

  /** Sets what to do with a client that was admitted and may announce no longer. */
  onEnd(end: (client: SocketClient, reason: string) => void): void {
    this.#end = end;
  }

  /**
   * Decides about a socket, by the key in its path or else by its browser's session. Undefined: the request comes
   * from a page of another site, which may not even open a socket in the person's name.
   */
  decide(request: IncomingMessage): Decision | Promise<Decision> | undefined {
    const { admission, origins, proxies } = this.#options;
    const [path = ""] = (request.url ?? "").split("?", 1);
    const key = parseTrackerPath(path, true)?.key;
    if (key !== undefined) return admission.byKey(key);
    const { origin } = request.headers;
    if (origin !== undefined && !origins.isOwn(origin, request)) return undefined;
    return admission.bySession(readSessionCookie(request, proxies.isHttps(request)));
  }

  /** Counts a client that was admitted. Returns why it may not announce after all, or what it was refused with. */
  enter(client: SocketClient, decision: Decision): Refused | undefined {
    if (decision.type === "refused") return decision;
    const { account } = decision;
    const { maxSocketsPerAccount = MAX_SOCKETS_PER_ACCOUNT } = this.#options;
    if (this.#socketsOf.of(account) >= maxSocketsPerAccount) {
      const reason = `too many sockets of your account (limit: ${maxSocketsPerAccount}): close some pages`;
      return { ...LOGIN_NEEDED, code: "tooManyOfAccount", reason };
    }
    this.#socketsOf.add(account);
    this.#admitted.set(client, decision);
    return undefined;
  }

  leave(client: SocketClient): void {
    const admitted = this.#admitted.get(client);
    if (admitted === undefined) return;
    this.#admitted.delete(client);
    this.#socketsOf.remove(admitted.account);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #ended(ending: Ending): void {
    for (const [client, admitted] of this.#admitted)
      if (isEnded(admitted, ending)) this.#end(client, ENDED[ending.type]);
  }

  /** Finds what expired, and what ended at another node. Each session and key is asked for once, however many sockets it has. */
  async #recheck(): Promise<void> {
    const shared = new Map<
      TokenHash,
      { readonly credential: Credential; readonly clients: SocketClient[] }
    >();
    for (const [client, { credential }] of this.#admitted) {
      const known = shared.get(credential.hash);
      if (known === undefined) shared.set(credential.hash, { credential, clients: [client] });
      else known.clients.push(client);
    }
    for (const { credential, clients } of shared.values()) {
      const decision = await this.#options.admission.again(credential);
      // Without a code, the database is unavailable, and nobody is at fault.
      if (decision.type === "admitted" || decision.code === undefined) continue;
      for (const client of clients) this.#end(client, EXPIRED);
    }
  }
}

const EXPIRED = "your log-in or key has expired";
const ENDED: Record<Ending["type"], string> = {
  session: "you have logged out",
  sessions: "your password was changed: log in again",
  key: "the key was revoked",
  account: "your account was banned or removed",
};
