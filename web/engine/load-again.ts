/**
 * Pauses before the next tries. A browser that changes its network ends every request with an error, and the next one succeeds at
 * once; a tracker that restarts is back within seconds.
 */
const PAUSES_MILLIS = [0, 1_000, 2_000];

/** Loads something over the network, again if that fails. Rejects with the last failure. The build has every `import()` of the page do it. */
export async function loadAgain<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  for (const millis of PAUSES_MILLIS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, millis));
    }
  }
  return load();
}
