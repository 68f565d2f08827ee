import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { makeTorrent } from "./files/download.test-support.ts";
import { startSeeder } from "./seeder.test-support.ts";

const TORRENT = makeTorrent("film", [{ path: "film", bytes: 16_384 }], 16_384);

test.each([
  ["allow", ["1", null]],
  ["require", ["1", "1"]],
] as const)("with %s we tell trackers over HTTP what links we take", async (encryption, said) => {
  const asked: URL[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(new URL(url, "http://tracker"));
    response.end("d8:intervali900e5:peers0:e");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const tracker = `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce` as TrackerUrl;
  await startSeeder(TORRENT, undefined, { encryption, tracker });
  await eventually(() => expect(asked).not.toEqual([]));
  const fields = asked[0]?.searchParams;
  expect([fields?.get("supportcrypto"), fields?.get("requirecrypto")]).toEqual(said);
});
