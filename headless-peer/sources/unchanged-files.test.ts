import { execFileSync } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { OpenFiles } from "../files/open-files.ts";
import { openSeed } from "../files/seed-storage.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { findFiles } from "./find-files.ts";
import { hashTorrent } from "./hash-torrent.ts";

const temporaryFolder = temporaryFolders();

/** Any time to the nanosecond; often the end of a millisecond, which a `number` of milliseconds rounds up. */
const TIMES = fc.record({
  seconds: fc.oneof(fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), fc.constant(1_795_832_218)),
  nanos: fc.oneof(
    fc.integer({ min: 0, max: 999_999_999 }),
    fc
      .record({ millis: fc.integer({ min: 0, max: 999 }), before: fc.integer({ min: 1, max: 250 }) })
      .map(({ millis, before }) => (millis + 1) * 1_000_000 - before),
  ),
});

test("an untouched file counts as unchanged from when it is found until it is seeded, whatever its time", async () => {
  const folder = await temporaryFolder();
  const times = [{ seconds: 1_795_832_218, nanos: 407_999_882 }, ...fc.sample(TIMES, 150)];
  const touches = times.map(
    ({ seconds, nanos }, at) =>
      `touch -d ${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z ${at}`,
  );
  for (const at of times.keys()) await writeFile(join(folder, `${at}`), `file ${at}`);
  execFileSync("sh", ["-ec", touches.join("\n")], { cwd: folder }); // Node itself sets times as doubles.

  const { files } = await findFiles([folder]);
  const plan = planTorrent(files);
  const { infoBytes } = await hashTorrent(plan, false, () => {});
  const seed = { info: parseInfo(infoBytes), files: plan.sources, isVerified: true };
  const storage = await openSeed(seed, new OpenFiles());
  expect((await storage.read(0 as PieceIndex)).toString()).toContain("file 0");
  await storage.close();
  expect((await stat(join(folder, "0"), { bigint: true })).mtimeNs).toBe(1_795_832_218_407_999_882n);
});
