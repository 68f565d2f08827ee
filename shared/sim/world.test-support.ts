import type { TrackerUrl } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { SimNode } from "./node.test-support.ts";
import type { NodeSetup, Surroundings } from "./node-setup.ts";
import { SimTracker } from "./tracker.test-support.ts";
import { World as PlainWorld } from "./world.ts";

export type { WorldSetup } from "./world.ts";

/** A world whose nodes and trackers record what tests ask about. */
export class World extends PlainWorld {
  readonly nodes: SimNode[] = [];

  override node(name: string, setup: Partial<NodeSetup> = {}): SimNode {
    return super.node(name, setup) as SimNode;
  }

  override tracker(url: TrackerUrl): SimTracker {
    return super.tracker(url) as SimTracker;
  }

  protected override newNode(setup: NodeSetup, around: Surroundings): SimNode {
    const node = new SimNode(setup, around);
    this.nodes.push(node);
    return node;
  }

  protected override newTracker(url: TrackerUrl, random: Random): SimTracker {
    return new SimTracker(url, this.scheduler, this.network, random);
  }
}

/** The default tracker. */
export const TRACKER = "wss://tracker.test/" as TrackerUrl;

/** A tracker over HTTP, which returns addresses. */
export const HTTP_TRACKER = "http://tracker.test/announce" as TrackerUrl;
