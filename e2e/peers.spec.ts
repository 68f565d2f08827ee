import { RunningCommand } from "./command.ts";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

test("`tabswarm peers` finds a seeding tab and its free slot", async ({ tracker, folder, context }) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const tab = await openTab(context, tracker.url);
  await tab.share(path);
  await tab.expectState("film.bin", "seeding");

  const command = new RunningCommand(
    "peers",
    await tab.magnetLink("film.bin"),
    "--idle",
    "--limit",
    "1",
    "--port",
    "0",
  );
  expect(await command.line("peer")).toMatchObject({
    peer: "browser",
    kind: "rtc",
    progress: 1,
    seeding: true,
    idle: true,
  });
  expect(await command.ended()).toBe(0);
});
