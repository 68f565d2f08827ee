import type { Effect } from "../session/effect.ts";

/** So many bytes of each message count. */
const BYTES_NOTED = 16;

/** A hash over everything that all nodes ordered, and when: it differs once two runs differ. */
export class Trace {
  readonly #codes = new Map<string, number>();
  #high = 0x811c9dc5;
  #low = 0x9e3779b9;

  /** Sixteen hex digits. */
  get hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
  }

  note(now: number, node: number, effect: Effect): void {
    this.#mix(Math.floor(now * 1_000));
    this.#mix(node);
    this.#mix(this.#codeOf(effect.type));
    if ("link" in effect) this.#mix(effect.link);
    if (effect.type !== "send") return;
    const { bytes } = effect;
    this.#mix(bytes.length);
    const end = Math.min(BYTES_NOTED, bytes.length);
    for (let at = 0; at < end; at++) this.#mix(bytes[at] as number);
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193);
    this.#low = Math.imul((this.#low << 5) ^ (this.#low >>> 27) ^ this.#high, 0x85ebca6b);
  }

  #codeOf(type: string): number {
    const known = this.#codes.get(type);
    if (known !== undefined) return known;
    let code = 0;
    for (let at = 0; at < type.length; at++) code = Math.imul(code, 31) + type.charCodeAt(at);
    this.#codes.set(type, code);
    return code;
  }
}
