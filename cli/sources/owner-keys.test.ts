import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { findOwnerKey, forgetOwnerKey } from "./owner-keys.ts";
import { keepSecret } from "./secrets.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const url = (text: string) => text as TrackerUrl;
const GIVER = url("https://a.example.org/");
/** Nothing listens there. */
const SILENT = url("http://127.0.0.1:9/");

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "owner-keys-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  vi.stubEnv("XDG_CONFIG_HOME", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const nodes = ["https://b.example.org/", SILENT, "nonsense"];
  await keepSecret(`owner ${GIVER} ${HASH}`, { key: "secret", nodes });
});

test("a key goes to the tracker that gave it and to the addresses which this one named, but not without https", async () => {
  expect(await findOwnerKey(GIVER, HASH)).toMatchObject({ key: "secret", tracker: GIVER });
  const node = url("https://b.example.org/");
  expect(await findOwnerKey(node, HASH)).toMatchObject({ key: "secret", tracker: node, keptFor: GIVER });
  expect(await findOwnerKey(SILENT, HASH)).toBeUndefined();
  expect(await findOwnerKey(GIVER, "f".repeat(40) as InfoHash)).toBeUndefined();
});

test("a key that is forgotten is gone, whichever address was named", async () => {
  const found = await findOwnerKey(url("https://b.example.org/"), HASH);
  if (found !== undefined) await forgetOwnerKey(found, HASH);
  expect(await findOwnerKey(GIVER, HASH)).toBeUndefined();
});
