/**
 * Polls until `look` returns something, or until `stopped` resolves: then undefined. Rejects with what `look` throws.
 * (`Promise.race` with a promise as old as the process would leak at every look.)
 */
export function lookUntil<Seen>(
  stopped: Promise<unknown>,
  everyMillis: number,
  look: () => Seen | undefined,
): Promise<Seen | undefined> {
  return new Promise((resolve, reject) => {
    const end = (how: () => void): void => {
      clearInterval(timer);
      how();
    };
    const lookNow = (): void => {
      try {
        const seen = look();
        if (seen !== undefined) end(() => resolve(seen));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const timer = setInterval(lookNow, everyMillis);
    stopped.then(
      () => end(() => resolve(undefined)),
      (error) => end(() => reject(error)),
    );
    lookNow();
  });
}
