/** Files being worked on at once: enough to keep the four threads of Node's pool busy, which do the waiting for a disk. */
export const FILES_AT_ONCE = 16;

/**
 * Works on all items, on so many of them at once, beginning in their order. Rejects with the first error when all work that
 * has begun has ended; after an error none begins.
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
