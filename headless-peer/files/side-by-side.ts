/** Files to work on at once: enough to keep the four threads of Node's pool busy, which wait for the disk. */
export const FILES_AT_ONCE = 16;

/**
 * Works on all items, `atOnce` at a time, and starts them in order. After an error it starts no more, and rejects with an error
 * once all started work has ended.
 */
export async function sideBySide<Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let isOver = false;
  const workOn = async (first: Item): Promise<void> => {
    try {
      await work(first);
      for (let next = queue.next(); !next.done && !isOver; next = queue.next()) await work(next.value);
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  const lanes: Promise<void>[] = [];
  while (lanes.length < atOnce && !isOver) {
    const next = queue.next();
    if (next.done) break; // Mostly there is one item, and lanes without work would cost more than it.
    lanes.push(workOn(next.value));
  }
  for (const end of await Promise.allSettled(lanes)) if (end.status === "rejected") throw end.reason;
}
