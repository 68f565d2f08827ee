import { isHere } from "./is-here.ts";

/** A seek to what is here takes a browser much less, unless it still waits for something else. */
export const STUCK_MILLIS = 1_000;

/**
 * A browser that waits for a part of a film takes up no other seek, also not back to what is here: a part that nobody has any more would
 * freeze the film for ever. After a while such a seek begins anew, with the film loaded again, which ends the waiting.
 */
export function leaveStuckSeeks(media: HTMLMediaElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  media.addEventListener("seeking", () => {
    clearTimeout(timer);
    timer = isHere(media, 0) ? setTimeout(loadAgain, STUCK_MILLIS, media) : undefined;
  });
  media.addEventListener("seeked", () => clearTimeout(timer));
}

function loadAgain(media: HTMLMediaElement): void {
  const { currentTime, paused, playbackRate } = media;
  const goOn = (): void => {
    media.currentTime = currentTime;
    if (playbackRate > 0) media.playbackRate = playbackRate; // A film that is held would stand still for ever.
    if (!paused) media.play().catch(() => {}); // The browser wants a click: the controls are there.
  };
  media.addEventListener("loadedmetadata", goOn, { once: true });
  media.load();
}
