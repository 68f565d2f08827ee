/** Runs in a page before its scripts, as in a browser whose workers cannot have data channels: the engine runs on the page. */
export function takeWorkersAway(): void {
  Reflect.deleteProperty(window, "Worker");
}
