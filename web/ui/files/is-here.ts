/** Whether a browser has so many seconds of a film from the place where it is. */
export function isHere({ buffered, currentTime }: HTMLMediaElement, seconds: number): boolean {
  for (let at = 0; at < buffered.length; at++)
    if (buffered.start(at) <= currentTime && buffered.end(at) >= currentTime + seconds) return true;
  return false;
}
