import { hasSameFields } from "../same-fields.ts";
import type { Surroundings } from "./diagnose.ts";
import { STILL_MILLIS } from "./doctor.ts";

/**
 * The permissions that browsers ask for before a page may reach devices on this one's network, or the device itself (Local Network
 * Access): the first name of both, then one for each.
 */
const LOCAL_NETWORK_PERMISSIONS = ["local-network-access", "local-network", "loopback-network"] as const;

/** Watches the device and the browser. */
export class SurroundingsWatch {
  readonly #changed: () => void;
  readonly #permissions: PermissionStatus[] = [];
  #now: Surroundings;
  #isBack: number | undefined;

  /** `changed`: they are no longer what they were. `allowed`: the browser lets this page reach what it did not before. */
  constructor(clockErrorMillis: number | undefined, changed: () => void, allowed: () => void) {
    this.#changed = changed;
    this.#now = {
      isOffline: !navigator.onLine,
      isSlowedDown: false,
      isKeptFromLocalNetwork: false,
      clockErrorMillis,
    };
    for (const event of ["online", "offline"])
      window.addEventListener(event, () => this.#set({ isOffline: !navigator.onLine }));
    document.addEventListener("visibilitychange", () => this.#turned());
    void this.#watchPermissions(allowed);
  }

  /** The same object until something in it has changed. */
  get now(): Surroundings {
    return this.#now;
  }

  /** The tracker has told its time once more. */
  clockIs(clockErrorMillis: number | undefined): void {
    if (clockErrorMillis !== undefined) this.#set({ clockErrorMillis });
  }

  /** The engine was not let run for a while. In a visible tab, the device slept. */
  engineWasHeldUp(): void {
    if (document.hidden) this.#set({ isSlowedDown: true });
  }

  #set(change: Partial<Surroundings>): void {
    const now = { ...this.#now, ...change };
    if (hasSameFields(now, this.#now)) return;
    this.#now = now;
    this.#changed();
  }

  /** Whoever comes back reads why nothing moved, until it does, or until it has had the time to. */
  #turned(): void {
    clearTimeout(this.#isBack);
    if (document.hidden || !this.#now.isSlowedDown) return;
    this.#isBack = window.setTimeout(() => this.#set({ isSlowedDown: false }), STILL_MILLIS);
  }

  /** Browsers without such a permission do not know its name. */
  async #watchPermissions(allowed: () => void): Promise<void> {
    const look = (): void => {
      const isKept = this.#permissions.some(({ state }) => state === "denied");
      const isAllowedNow = this.#now.isKeptFromLocalNetwork && !isKept;
      this.#set({ isKeptFromLocalNetwork: isKept });
      if (isAllowedNow) allowed();
    };
    for (const name of LOCAL_NETWORK_PERMISSIONS) {
      const permission = await navigator.permissions
        ?.query({ name: name as PermissionName })
        .catch(() => undefined);
      if (permission === undefined) continue;
      this.#permissions.push(permission);
      permission.addEventListener("change", look);
    }
    look();
  }
}
