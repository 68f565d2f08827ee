import { expect, test } from "vitest";
import { lookUntil, type Watch, whenStateChanges } from "./look-until.ts";

const NEVER = new Promise(() => {});

/** A watch that the test drives, and whether it has ended. */
function driven() {
  let look: (() => void) | undefined;
  const watch: Watch = (each) => {
    look = each;
    return () => {
      look = undefined;
    };
  };
  return { watch, news: () => look?.(), hasEnded: () => look === undefined };
}

test("it looks at once and at each change, until there is something to see", async () => {
  const { watch, news, hasEnded } = driven();
  let looks = 0;
  const seen = lookUntil(NEVER, watch, () => (++looks < 3 ? undefined : "ship"));
  expect(looks).toBe(1);
  news();
  news();
  expect(await seen).toBe("ship");
  expect(hasEnded()).toBe(true);
  expect(await lookUntil(NEVER, watch, () => "at once")).toBe("at once");
  expect(hasEnded()).toBe(true);
});

test("it stops when told to, and returns undefined", async () => {
  const { watch, hasEnded } = driven();
  expect(await lookUntil(Promise.resolve("SIGINT"), watch, () => undefined)).toBeUndefined();
  expect(hasEnded()).toBe(true);
  await expect(lookUntil(Promise.reject(new Error("no")), watch, () => undefined)).rejects.toThrow("no");
});

test("an error from look ends it", async () => {
  const { watch, news, hasEnded } = driven();
  let looks = 0;
  const seen = lookUntil(NEVER, watch, () => {
    looks += 1;
    if (looks === 2) throw new Error("fog");
  });
  news();
  await expect(seen).rejects.toThrow("fog");
  expect(hasEnded()).toBe(true);
});

test("a peer's torrents and trackers are looked at when their state changes, and not at every piece", () => {
  let happened: Parameters<Parameters<typeof whenStateChanges>[0]["watch"]>[0] = () => {};
  const peer: Parameters<typeof whenStateChanges>[0] = {
    watch(watcher) {
      happened = watcher;
      return () => {};
    },
  };
  let looks = 0;
  whenStateChanges(peer)(() => {
    looks += 1;
  });
  happened(undefined, { type: "phaseChanged", phase: "seeding" });
  happened(undefined, { type: "torrentCompleted" });
  happened(undefined, { type: "pieceVerified", piece: 0 as never, wasStored: false });
  expect(looks).toBe(1);
});
