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
  const workOn = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !isOver; next = queue.next()) await work(next.value);
  };
  const lanes = Array.from({ length: atOnce }, () =>
    workOn().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  for (const end of await Promise.allSettled(lanes)) if (end.status === "rejected") throw end.reason;
}
