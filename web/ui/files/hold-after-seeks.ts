/** With less than this, a film on a line that is hardly faster than it would go on after a seek, and stop again at once. */
const LEAST_SECONDS = 1;

/** A browser that goes for more says so. One that has all it wants, or waits for long, goes on with what it has. */
const NO_MORE = ["suspend", "stalled"] as const;

/**
 * After a seek to where nothing is yet, a film shows its picture, and goes on once a second of it is here. It counts as playing all the
 * time, so that its button pauses it.
 */
export function holdAfterSeeks(media: HTMLMediaElement): void {
  let heldRate: number | undefined;
  const goOn = (): void => {
    if (heldRate !== undefined && media.playbackRate === 0) media.playbackRate = heldRate;
    heldRate = undefined;
  };
  const look = (): void => {
    if (hasEnough(media)) goOn();
  };
  media.addEventListener("seeking", () => {
    if (hasEnough(media)) return goOn();
    heldRate ??= media.playbackRate;
    media.playbackRate = 0;
  });
  media.addEventListener("progress", look);
  for (const name of NO_MORE) media.addEventListener(name, goOn);
}

function hasEnough({ buffered, currentTime, duration }: HTMLMediaElement): boolean {
  const end = Math.min(currentTime + LEAST_SECONDS, duration - LEAST_SECONDS / 10); // The last range may end a bit sooner.
  for (let at = 0; at < buffered.length; at++)
    if (buffered.start(at) <= currentTime && buffered.end(at) >= end) return true;
  return false;
}
