import { setImmediate } from "node:timers/promises";
import type { Endings } from "../accounts/endings.ts";
import type { Keys } from "../accounts/keys.ts";
import { announceAddress, stopOf } from "../core/address.ts";
import type { Ending } from "../core/ending.ts";
import { type AccountId, type KeyId, StoreUnavailable } from "../core/record-store.ts";
import type { SwarmMember } from "../core/swarm-store.ts";
import { ACCOUNTS_RECHECKED_AT_ONCE, MEMBERS_RECHECKED_MILLIS } from "../limits/accounts.ts";
import type { AddressOptions } from "./http-tracker.ts";

/** What it takes to watch the members that accounts have announced with addresses. */
export interface AddressGateOptions extends Pick<AddressOptions, "tracker" | "cluster" | "now"> {
  readonly keys: Pick<Keys, "working">;
  readonly endings: Endings;
  readonly recheckMillis?: number;
}

/** Takes members with addresses out of their swarms when they may no longer announce, as if they had announced `stopped`. */
export class AddressGate {
  readonly #options: AddressGateOptions;
  readonly #timer: NodeJS.Timeout;
  #isRechecking = false;

  constructor(options: AddressGateOptions) {
    this.#options = options;
    const { endings, recheckMillis = MEMBERS_RECHECKED_MILLIS } = options;
    endings.listen((ending) => this.#ended(ending));
    this.#timer = setInterval(() => void this.#recheck(), recheckMillis);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Only keys announce addresses. */
  #ended(ending: Ending): void {
    if (ending.type === "account") this.#stop(ending.account, () => true);
    if (ending.type === "key") this.#stop(ending.account, (key) => key === ending.key);
  }

  /** Finds what expired, and what ended at another node. */
  async #recheck(): Promise<void> {
    if (this.#isRechecking) return;
    this.#isRechecking = true;
    try {
      let left = ACCOUNTS_RECHECKED_AT_ONCE;
      for (const account of this.#options.tracker.store.accounts()) {
        const working = await this.#options.keys.working(account);
        this.#stop(account, (key) => key !== undefined && !working.has(key));
        if (--left > 0) continue;
        left = ACCOUNTS_RECHECKED_AT_ONCE;
        await setImmediate();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error; // Announces go on while the database is unavailable.
    } finally {
      this.#isRechecking = false;
    }
  }

  #stop(account: AccountId, isEnded: (key: KeyId | undefined) => boolean): void {
    for (const member of this.#options.tracker.store.membersOf(account))
      if (isEnded(member.holder?.key)) this.#stopMember(member);
  }

  #stopMember(member: SwarmMember): void {
    const { tracker, cluster, now } = this.#options;
    const { caller, request } = stopOf(member);
    if (cluster === undefined) announceAddress(tracker, now(), caller, request, "compact");
    else void cluster.announceAddress(caller, request, "compact");
  }
}
