import { RunningCommand } from "./command.ts";
import { KIB, MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { runOneMemberTracker } from "./one-member-tracker.ts";
import { openTab } from "./tab.ts";

const NAME = "film.bin";

test("whoever the tracker introduced to one member meets all others by that one, once the tracker has gone", async ({
  folder,
  newPerson,
}) => {
  const tracker = await runOneMemberTracker();
  const path = await randomFile(folder, NAME, 32 * MIB);
  const flags = ["--tracker", tracker.url, "--rate-up", "1M", "--port", "0"];
  const seeder = new RunningCommand("seed", path, ...flags);
  const link = String((await seeder.line("seeding"))["link"]);
  const peersOf = (tab: Awaited<ReturnType<typeof openTab>>) =>
    tab
      .entry(NAME)
      .getByRole("table", { name: /^\d+ peers?$/ })
      .getByRole("row");
  const join = async () => {
    const tab = await openTab(await newPerson(), link);
    await tab.details(NAME, /peer/);
    return tab;
  };

  const tabs = [await join()];
  await expect(peersOf(tabs[0] as (typeof tabs)[0])).toHaveCount(2); // With the head of the table.
  for (const count of [2, 3]) {
    const tab = await join();
    tabs.push(tab);
    await expect(peersOf(tab)).toHaveCount(count + 1); // The headless peer is introduced, too.
  }
  // The tracker serves the page, too: with a card of its own the newcomer has all that it needs to show details.
  const newcomer = await openTab(await newPerson(), tracker.url);
  await newcomer.share(await randomFile(folder, "own.bin", KIB));
  await newcomer.details("own.bin", /peer/);
  const gone = tracker.goneAfterNextAnswer();
  await newcomer.download(link);
  await newcomer.details(NAME, /peer/);
  await gone;
  await expect(peersOf(newcomer)).toHaveCount(5);
  await expect(peersOf(newcomer).filter({ hasText: "introduced by a peer" })).toHaveCount(3);
  await newcomer.expectState(NAME, "seeding");
  expect(await sha256(await newcomer.save(NAME))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});
