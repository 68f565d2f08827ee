import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { millis, type TrackerUrl } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { separateTiers, Tier, type TrackerState } from "./tiers.ts";

/** A tracker whose state the test sets. */
interface TestTracker {
  readonly name: string;
  announcer: TrackerState;
}

const WAITING: TrackerState = { state: "waiting", nextAt: millis(0) };
const CONNECTING: TrackerState = { state: "connecting", nextAt: undefined };
const WORKING: TrackerState = { state: "working", nextAt: millis(600) };
const failed = (nextAt: number, state: "refused" | "unreachable" = "unreachable"): TrackerState => ({
  state,
  nextAt: millis(nextAt),
});

/** A tier that tries its trackers in the order given. */
function tierOf(...names: readonly string[]) {
  const trackers = names.map((name): TestTracker => ({ name, announcer: WAITING }));
  const named = (name: string): TestTracker => {
    const tracker = trackers.find((each) => each.name === name);
    if (tracker === undefined) throw new Error(`there is no ${name}`);
    return tracker;
  };
  const inOrder = { below: (bound: number) => bound - 1, bytes: () => new Uint8Array() };
  const tier = new Tier(trackers, inOrder);
  const works = (name: string): void => {
    named(name).announcer = WORKING;
    tier.answered(named(name));
  };
  const order = (): string => tier.trackers.map(({ name }) => name).join("");
  return { tier, named, works, order };
}

describe("a tier", () => {
  test("uses its first tracker, and no other while that one connects or works", () => {
    const { tier, named, works } = tierOf("a", "b", "c");
    expect(tier.current.name).toBe("a");
    named("a").announcer = CONNECTING;
    expect(tier.current.name).toBe("a");
    works("a");
    expect(tier.current.name).toBe("a");
  });

  test("moves on when a tracker fails, however it fails", () => {
    const { tier, named } = tierOf("a", "b", "c");
    named("a").announcer = failed(3);
    expect(tier.current.name).toBe("b");
    named("b").announcer = CONNECTING;
    expect(tier.current.name).toBe("b");
    named("b").announcer = failed(4, "refused");
    expect(tier.current.name).toBe("c");
  });

  test("moves a working tracker to the front and keeps the others in order", () => {
    const { tier, named, works, order } = tierOf("a", "b", "c");
    expect(order()).toBe("abc");
    named("a").announcer = failed(3);
    named("b").announcer = failed(4);
    works("c");
    expect(order()).toBe("cab");
    named("c").announcer = failed(9);
    expect(tier.current.name).toBe("a"); // Its wait ends before that of b.
  });

  test("does not go back to a recovered tracker before the current one fails", () => {
    const { tier, named, works } = tierOf("a", "b");
    named("a").announcer = failed(3);
    works("b");
    named("a").announcer = failed(4);
    expect(tier.current.name).toBe("b");
    named("b").announcer = failed(20);
    expect(tier.current.name).toBe("a");
    works("a");
    expect(tier.current.name).toBe("a");
  });

  test("retries the tracker whose wait ends first when all have failed", () => {
    const { tier, named } = tierOf("a", "b", "c");
    named("a").announcer = failed(30);
    named("b").announcer = failed(10);
    named("c").announcer = failed(20);
    expect(tier.current.name).toBe("b");
    named("b").announcer = failed(25);
    expect(tier.current.name).toBe("c");
  });

  test("uses a tracker that answers after we gave it up, unless another one works", () => {
    const { tier, named, works, order } = tierOf("a", "b");
    named("a").announcer = failed(3);
    named("b").announcer = CONNECTING;
    works("a");
    expect(tier.current.name).toBe("a");
    works("b");
    expect(order()).toBe("ab");
    expect(tier.current.name).toBe("a");
  });

  test("comes up in any order, so that not everybody asks the same tracker", () => {
    const firsts = Array.from(
      { length: 60 },
      (_, seed) => new Tier(["a", "b", "c"].map(waiting), seededRandom(seed)).current.name,
    );
    expect(new Set(firsts)).toEqual(new Set(["a", "b", "c"]));
  });
});

const waiting = (name: string): TestTracker => ({ name, announcer: WAITING });

/** The first fails, the second takes over, and the first works again. */
const ONE_WORKS_AGAIN: [number, TrackerState][] = [
  [0, WORKING],
  [1, WORKING],
  [0, failed(0)],
  [0, WORKING],
];

test("whatever happens, one is current, none is lost, and a working one stays current", () => {
  const state = fc.oneof(
    fc.constantFrom(WAITING, CONNECTING, WORKING),
    fc.nat(100).map((nextAt) => failed(nextAt)),
  );
  const steps = fc.array(fc.tuple(fc.nat(3), state));
  fc.assert(
    fc.property(steps, fc.nat(), (happenings, seed) => {
      const trackers = ["a", "b", "c", "d"].map(waiting);
      const tier = new Tier(trackers, seededRandom(seed));
      for (const [at, announcer] of happenings) {
        const tracker = trackers[at] as TestTracker;
        const before = tier.current;
        tracker.announcer = announcer;
        if (announcer.state === "working") tier.answered(tracker);
        expect(new Set(tier.trackers)).toEqual(new Set(trackers));
        expect(trackers).toContain(tier.current);
        if (before.announcer.state === "working") expect(tier.current).toBe(before);
      }
    }),
    { examples: [[ONE_WORKS_AGAIN, 0]] },
  );
});

describe("the tiers we announce to", () => {
  const url = (text: string): TrackerUrl => text as TrackerUrl;
  const [ws, wss, http, udp] = [url("ws://a/"), url("wss://b/"), url("http://a/announce"), url("udp://a:1")];

  test("are those given", () => {
    expect(separateTiers([[http, udp], [ws]], 20)).toEqual([[http, udp], [ws]]);
    expect(separateTiers([], 20)).toEqual([]);
  });

  test("hold each tracker once, where it is named first", () => {
    expect(separateTiers([[http, http], [udp, http], [http]], 20)).toEqual([[http], [udp]]);
  });

  test("keep trackers apart that lead to different peers", () => {
    expect(separateTiers([[http, ws, udp, wss]], 20)).toEqual([
      [ws, wss],
      [http, udp],
    ]);
  });

  test("hold only the first trackers, up to the limit", () => {
    const many = Array.from({ length: 30 }, (_, at) => url(`udp://a:${at + 1}`));
    expect(separateTiers([many.slice(0, 5), many.slice(5)], 20)).toEqual([
      many.slice(0, 5),
      many.slice(5, 20),
    ]);
    expect(
      separateTiers(
        many.map((each) => [each]),
        20,
      ),
    ).toHaveLength(20);
    expect(separateTiers([[http, http, http, udp]], 2)).toEqual([[http, udp]]);
  });
});
