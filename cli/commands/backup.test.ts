import { existsSync } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { torrentFile } from "#signal-tracker/catalog/catalog.test-support.ts";
import { SqliteRecordStore } from "#signal-tracker/store/sqlite/record-store.ts";
import { jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const installed = testedTabswarm();

/** A tracker on a data folder, until `use` has ended. */
async function withTracker<Result>(
  data: string,
  use: (url: string, kill: () => void) => Promise<Result>,
  ...flags: readonly string[]
) {
  const local = ["--host", "127.0.0.1", "--port", "0", "--json"];
  const child = installed.start(["tracker", ...local, "--data", data, ...flags]);
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    const { port } = JSON.parse(await lineOf(child, /listening/));
    return await use(`http://127.0.0.1:${port}/api/torrents`, () => child.kill("SIGKILL"));
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function publish(url: string, name: string): Promise<boolean> {
  const body = JSON.stringify({ torrent: Buffer.from(torrentFile({ name })).toString("base64") });
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
  return response?.status === 201;
}

async function register(url: string, name: string): Promise<boolean> {
  const body = JSON.stringify({ name, password: "correct horse" });
  const headers = { "content-type": "application/json" };
  const options = { method: "POST", headers, body };
  const response = await fetch(new URL("/api/accounts", url), options).catch(() => undefined);
  return response?.status === 201;
}

async function names(url: string): Promise<string[]> {
  const { items } = await (await fetch(`${url}?sort=name&limit=100`)).json();
  return items.map(({ name }: { name: string }) => name);
}

test("a backup of a running tracker restores its catalog", async () => {
  const [data, restored] = ["Data", "Restored"].map((name) => join(installed.folder, name));
  await withTracker(String(data), async (url) => {
    await publish(url, "kept");
    const { code, out } = await installed.run(["tracker", "backup", "b.sqlite", "--data", "Data", "--json"]);
    expect([code, jsonLines(out)]).toEqual([0, [{ type: "backup", file: "b.sqlite" }]]);
    await publish(url, "later");
  });
  await mkdir(String(restored));
  await copyFile(join(installed.folder, "b.sqlite"), join(String(restored), "tracker.sqlite"));
  expect(await withTracker(String(restored), names)).toEqual(["kept"]);
  expect(await withTracker(String(data), names)).toEqual(["kept", "later"]);

  const again = await installed.run(["tracker", "backup", "b.sqlite", "--data", "Data"]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining("b.sqlite exists already")]);
  const wrong = await installed.run(["tracker", "backup", "c.sqlite"]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("--data")]);
  expect(existsSync(join(installed.folder, "c.sqlite"))).toBe(false);
});

test("kill -9 in mid-work, again and again, loses nothing that was answered with success", async () => {
  const data = join(installed.folder, "Killed");
  const confirmed: string[] = [];
  for (let round = 0; round < 6; round++) {
    await withTracker(data, async (url, kill) => {
      expect(await names(url)).toEqual(expect.arrayContaining(confirmed));
      const publishing = Array.from({ length: 12 }, async (_, number) => {
        const name = `round ${round} ${number}`;
        if (await publish(url, name)) confirmed.push(name);
        if (number === round) kill();
      });
      await Promise.all(publishing);
    });
  }
  expect(confirmed.length).toBeGreaterThan(6);
  expect(await withTracker(data, names)).toEqual(expect.arrayContaining(confirmed));
  await rm(data, { recursive: true });
});

test("kill -9 while people register loses no account that was confirmed", async () => {
  const data = join(installed.folder, "Accounts");
  const confirmed: string[] = [];
  for (let round = 0; round < 3; round++) {
    const registering = async (url: string, kill: () => void): Promise<void> => {
      for (let number = 0; number < 3; number++) {
        const name = `person${round}${number}`;
        if (await register(url, name)) confirmed.push(name);
      }
      const last = register(url, `last${round}`).then((isDone) => isDone && confirmed.push(`last${round}`));
      setTimeout(kill, 20 * round); // At any moment of the last one.
      await last;
    };
    await withTracker(data, registering, "--accounts");
  }
  expect(confirmed.length).toBeGreaterThanOrEqual(9);
  const store = new SqliteRecordStore(data);
  for (const name of confirmed) expect(await store.accountByName(name), name).toMatchObject({ name });
  await store.close();
});
