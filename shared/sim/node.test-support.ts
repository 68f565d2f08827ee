import type { Effect } from "../session/effect.ts";
import type { Happening } from "../session/happening.ts";
import { SimNode as Node } from "./node.ts";
import type { NodeSetup, Surroundings } from "./node-setup.ts";

/** Keeps what a node's session orders. */
class OrderLog {
  readonly effects: Effect[] = [];
  readonly happenings: Happening[] = [];
  everything: Effect[] | undefined;

  heard(): void {}

  ordered(effect: Effect): void {
    if (effect.type === "happened") return void this.happenings.push(effect.what);
    const isBlock = effect.type === "send" || effect.type === "readBlock" || effect.type === "writeBlock";
    if (!isBlock) this.effects.push(effect);
    this.everything?.push(effect);
  }
}

/** A node that records its session's effects. */
export class SimNode extends Node {
  readonly #log: OrderLog;

  constructor(setup: NodeSetup, around: Surroundings) {
    const log = new OrderLog();
    super({ ...setup, observer: log }, around);
    this.#log = log;
  }

  /** What its session told of. */
  get happenings(): readonly Happening[] {
    return this.#log.happenings;
  }

  /** Every order except those that carry blocks or messages. */
  get effects(): readonly Effect[] {
    return this.#log.effects;
  }

  /** Records every order from now on. The returned function returns them. */
  everyEffectFrom(): () => readonly Effect[] {
    const kept: Effect[] = [];
    this.#log.everything = kept;
    return () => kept;
  }
}
