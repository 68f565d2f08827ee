import { afterEach, describe, expect, test } from "vitest";
import { soak } from "./cluster-soak.ts";
import { findHaproxy, NO_HAPROXY } from "./haproxy.ts";
import { isMissing } from "./missing.ts";
import { endProcesses } from "./processes.ts";
import { findRedis, NO_REDIS } from "./redis.ts";

// `npm run soak:cluster` does the same for a minute, with a hundred clients.

describe.skipIf(isMissing(findRedis(), NO_REDIS) || isMissing(findHaproxy(), NO_HAPROXY))(
  "two nodes behind HAProxy",
  () => {
    afterEach(endProcesses);

    test("when a node is killed with -9, all of its clients find peers at the other", async () => {
      const { kills } = await soak({ clients: 20, swarms: 2, kills: 2, everyMillis: 0 });
      expect(kills.map(({ lost }) => lost > 0)).toEqual([true, true]);
    });
  },
);
