import { KIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder } from "./tab.ts";

test("after the device slept for an hour, a page tells the tracker at once that it is there", async ({
  tracker,
  folder,
  context,
}) => {
  const tab = await openSeeder(context, tracker.url, await randomFile(folder, "film.bin", KIB));
  const announces = async (): Promise<number> => {
    const metrics = await (await fetch(`${tracker.url}metrics`)).text();
    const counts = [...metrics.matchAll(/^tabswarm_announces_total\{.*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  await expect.poll(announces).toBeGreaterThan(0);
  const before = await announces();
  const [engine] = tab.page.workers();
  // The clock that timers go by stood still, as it does on Linux and macOS.
  await engine?.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 60 * 60_000;
  });
  // Ten seconds after the one before, as trackers want it. The next one is due after two minutes.
  await expect.poll(announces, { timeout: 20_000 }).toBeGreaterThan(before);
});
