import { isHere } from "./is-here.ts";

/** With less than this, a film on a line that is hardly faster than it would go on after a seek, and stop again at once. */
const LEAST_SECONDS = 1;

/** Whoever waits for longer rather sees what there is. */
export const MAX_HELD_MILLIS = 10_000;

/** A browser that goes for more says so. One that has all it wants, or waits for long, goes on with what it has. */
const NO_MORE = ["suspend", "stalled"] as const;

/** A seek within what is here ends with these, and no other event follows if the browser fetches nothing more. */
const ARRIVED = ["seeked", "canplay"] as const;

/**
 * After a seek to where nothing is yet, a film shows its picture, and goes on once a second of it is here. It counts as playing all the
 * time, so that its button pauses it.
 */
export function holdAfterSeeks(media: HTMLMediaElement): void {
  let heldRate: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const goOn = (): void => {
    clearTimeout(timer);
    if (heldRate !== undefined && media.playbackRate === 0) media.playbackRate = heldRate;
    heldRate = undefined;
  };
  const hold = (): void => {
    clearTimeout(timer);
    timer = setTimeout(goOn, MAX_HELD_MILLIS);
    if (media.playbackRate === 0) return; // It is held, or the person wants it to stand.
    heldRate = media.playbackRate;
    media.playbackRate = 0;
  };
  media.addEventListener("seeking", () => (hasEnough(media) ? goOn() : hold()));
  media.addEventListener("progress", () => {
    if (hasEnough(media)) goOn();
  });
  for (const name of NO_MORE) media.addEventListener(name, goOn);
  for (const name of ARRIVED)
    media.addEventListener(name, () => {
      if (media.networkState !== media.NETWORK_LOADING) goOn();
    });
}

function hasEnough(media: HTMLMediaElement): boolean {
  const most = media.duration - LEAST_SECONDS / 10 - media.currentTime; // The last range may end a bit sooner.
  return isHere(media, Math.min(LEAST_SECONDS, most));
}
