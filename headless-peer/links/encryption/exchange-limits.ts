import { type PeerAddress, peerIp } from "#shared/announce/compact.ts";
import { networkOf } from "#shared/base/ip.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { Budget, type BudgetLimits } from "#shared/policy/budget.ts";

// Whoever dials us makes us compute a key pair and a secret before it has shown that it knows a torrent: 0.4 ms of processor time.

/**
 * For one network, as in `networkOf`. A client that has many torrents in common with us dials once for each of them, and several
 * clients may share an address.
 */
export const EXCHANGES_OF_NETWORK: BudgetLimits = { burst: 50, perSecond: 10 };

/** For all networks together: at most a twelfth of one processor. */
export const EXCHANGES_OF_ALL: BudgetLimits = { burst: 200, perSecond: 200 };

/** Budgets remembered: more networks cannot come before the one that came longest ago may have a full budget again. */
const MAX_NETWORKS =
  EXCHANGES_OF_ALL.burst +
  (EXCHANGES_OF_ALL.perSecond * EXCHANGES_OF_NETWORK.burst) / EXCHANGES_OF_NETWORK.perSecond;

/** Bounds the key exchanges that others may cause. */
export class ExchangeLimits {
  readonly #clock: Clock;
  readonly #all = new Budget(EXCHANGES_OF_ALL);
  /** The one that was used longest ago comes first. */
  readonly #networks = new Map<string, Budget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one exchange from the budget of whoever dialled from there. False: it must wait. */
  take(from: PeerAddress): boolean {
    const now = this.#clock.now();
    const network = networkOf(peerIp(from));
    const budget = this.#networks.get(network) ?? new Budget(EXCHANGES_OF_NETWORK);
    if (!budget.spend(now, 1) || !this.#all.spend(now, 1)) return false;
    this.#networks.delete(network);
    this.#networks.set(network, budget);
    const [oldest] = this.#networks.keys();
    if (this.#networks.size > MAX_NETWORKS && oldest !== undefined) this.#networks.delete(oldest);
    return true;
  }
}
