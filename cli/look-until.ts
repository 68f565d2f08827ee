/**
 * Looks again and again until there is something to see, or until told to stop: then undefined. Rejects with what `look`
 * throws. (Racing a promise that lasts as long as the process keeps something of every race.)
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
