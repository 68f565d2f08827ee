import type { InfoHash } from "#shared/base/ids.ts";
import type { MemberKey } from "../../core/swarm-store.ts";

/** Which swarms a socket's member is in. Most are in one, and a set for it would take more memory than the rest of their entry. */
export class SwarmsOfMembers {
  readonly #swarms = new Map<MemberKey, InfoHash | Set<InfoHash>>();

  all(key: MemberKey): readonly InfoHash[] {
    const swarms = this.#swarms.get(key);
    if (swarms === undefined) return [];
    return typeof swarms === "string" ? [swarms] : [...swarms];
  }

  count(key: MemberKey): number {
    const swarms = this.#swarms.get(key);
    if (swarms === undefined) return 0;
    return typeof swarms === "string" ? 1 : swarms.size;
  }

  add(key: MemberKey, infoHash: InfoHash): void {
    const swarms = this.#swarms.get(key);
    if (swarms === undefined) this.#swarms.set(key, infoHash);
    else if (typeof swarms !== "string") swarms.add(infoHash);
    else if (swarms !== infoHash) this.#swarms.set(key, new Set([swarms, infoHash]));
  }

  remove(key: MemberKey, infoHash: InfoHash): void {
    const swarms = this.#swarms.get(key);
    if (swarms === infoHash) this.#swarms.delete(key);
    if (swarms === undefined || typeof swarms === "string") return;
    swarms.delete(infoHash);
    if (swarms.size === 0) this.#swarms.delete(key);
  }
}
