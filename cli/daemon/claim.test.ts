import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { claimFolder, refuseSecond } from "./claim.ts";

const newFolder = temporaryFolders();

const servers = new Set<Server>();
afterEach(closeAll);

async function closeAll(): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers.clear();
}

/** The URL of something that answers, as a daemon's API does. */
async function answering(): Promise<string> {
  const server = createServer((_, answer) => answer.end());
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a daemon does before and after its API listens. */
async function start(folder: string): Promise<string> {
  await refuseSecond(folder);
  const url = await answering();
  await claimFolder(folder, url);
  return url;
}

test("a folder that a daemon has claimed is not claimed by one that started at the same time and is slower", async () => {
  const folder = await newFolder();
  await Promise.all([refuseSecond(folder), refuseSecond(folder)]);
  await claimFolder(folder, await answering());
  await expect(claimFolder(folder, await answering())).rejects.toThrow("A daemon runs with the state folder");
});

test.each([
  ["nothing", undefined],
  ["the claim of a daemon that was killed", '{"url":"http://127.0.0.1:1","pid":1}'],
  ["a damaged claim", "{"],
])("of many daemons that start at once one gets the folder, where there is %s", async (_, before) => {
  const folder = await newFolder();
  if (before !== undefined) await writeFile(join(folder, "daemon.json"), before);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => start(folder)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason.message).toContain("A daemon runs with");
  expect(await readdir(folder)).toEqual(["daemon.json"]);
});

test("a daemon that was killed does not keep its address from the next one", async () => {
  const folder = await newFolder();
  const url = await start(folder);
  await closeAll();
  await refuseSecond(folder);
  await expect(claimFolder(folder, url)).resolves.toBeUndefined();
});

test("a claim that another daemon writes meanwhile stays, also at the same address", async () => {
  const folder = await newFolder();
  const path = join(folder, "daemon.json");
  // Whoever asks whether the first one still runs hears nothing before there is a second one.
  let newer = "";
  const server = createServer((_, answer) => void writeFile(path, newer).then(() => answer.destroy()));
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  newer = JSON.stringify({ url, pid: 2 });
  await writeFile(path, JSON.stringify({ url, pid: 1 }));
  await refuseSecond(folder);
  expect(await readFile(path, "utf8")).toBe(newer);
});
