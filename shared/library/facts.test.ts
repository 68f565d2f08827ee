import { expect, test } from "vitest";
import { Facts, MAX_WAITING_FACTS } from "./facts.ts";

test("a reader gets facts in order, also those that came before it asked", async () => {
  let tell = (_: number): void => {};
  let end = (): void => {};
  const facts = new Facts<number>((happened, over) => {
    [tell, end] = [happened, over];
    return () => {};
  });
  tell(1);
  const reading = (async () => {
    const read: number[] = [];
    for await (const fact of facts) read.push(fact);
    return read;
  })();
  await Promise.resolve();
  tell(2);
  tell(3);
  end();
  tell(4);
  expect(await reading).toEqual([1, 2, 3]);
});

test("a reader that leaves the loop is told nothing more", async () => {
  let isWatched = true;
  const facts = new Facts<number>((happened) => {
    happened(1);
    return () => {
      isWatched = false;
    };
  });
  for await (const _ of facts) break;
  expect(isWatched).toBe(false);
});

test("of more facts than may wait, the oldest are forgotten", async () => {
  const facts = new Facts<number>((happened) => {
    for (let fact = 0; fact < MAX_WAITING_FACTS + 5; fact++) happened(fact);
    return () => {};
  });
  expect(await facts.next()).toEqual({ done: false, value: 5 });
});
