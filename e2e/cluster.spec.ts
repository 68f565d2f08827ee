import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { findRedis, NO_REDIS, startRedis } from "./redis.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";

test("a tab whose node is killed moves to the other one, where people find its file", async ({
  folder,
  context,
  newPerson,
}) => {
  test.skip(isMissing(findRedis(), NO_REDIS), NO_REDIS);
  const redis = await startRedis();
  const start = async () => {
    const where = ["--host", "127.0.0.1", "--port", "0", "--redis", redis.url];
    const command = new RunningCommand("tracker", ...where, "--log-level", "silent");
    return { command, url: `http://127.0.0.1:${(await command.line("listening"))["port"]}/` };
  };
  try {
    const [a, b] = [await start(), await start()];
    const nodes = async () => (await (await fetch(`${a.url}config.json`)).json()).nodes;
    await expect.poll(nodes).toEqual([a.url, b.url]);
    const path = await randomFile(folder, NAME, MIB);
    const seeder = await openSeeder(context, a.url, path);
    const link = await seeder.shareLink(NAME);
    a.command.kill();
    const leecher = await openTab(await newPerson(), b.url);
    await leecher.download(link);
    await leecher.expectState(NAME, "seeding");
    expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  } finally {
    await redis.close();
  }
});
