import { expect, test } from "vitest";
import { madeShare, SHARE_KEY } from "#shared/encrypted/share.test-support.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { fittingKey } from "./share-problems.ts";

test("a key fits an encrypted share and what is not known yet, but no ordinary torrent", async () => {
  const { info } = await madeShare([{ path: "film", bytes: 10 }]);
  const plan = planTorrent([{ path: "film", bytes: 10 }]);
  const ordinary = parseInfo(encodeInfo(plan, new Uint8Array(20), false));
  expect([info, undefined, ordinary].map((known) => fittingKey(known, SHARE_KEY))).toEqual([
    SHARE_KEY,
    SHARE_KEY,
    undefined,
  ]);
  expect(fittingKey(info, undefined)).toBeUndefined();
});
