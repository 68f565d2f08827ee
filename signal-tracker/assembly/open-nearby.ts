import type { Millis } from "#shared/base/ids.ts";
import type { AccountParts } from "../accounts/open-accounts.ts";
import { Nearby } from "../nearby/nearby.ts";
import { encodeNews, parseNews } from "../nearby/news.ts";
import type { RedisNode } from "../store/redis/redis-node.ts";
import { NearbySockets } from "../transport/nearby-sockets.ts";
import type { Origins } from "../transport/origins.ts";
import type { Proxies } from "../transport/proxies.ts";
import type { TrackerOptions } from "./options.ts";
import { systemRandom } from "./system-random.ts";

/** What it shares with the rest of the tracker. */
interface NearbyParts {
  readonly redis: RedisNode | undefined;
  readonly accounts: AccountParts | undefined;
  readonly origins: Origins;
  readonly proxies: Proxies;
  readonly now: () => Millis;
}

/** Lets people nearby find each other, through all nodes of the tracker. Undefined: the operator does not want it. */
export function openNearby(
  { nearby: isWanted = true, log }: Pick<TrackerOptions, "nearby" | "log">,
  { redis, accounts, origins, proxies, now }: NearbyParts,
): NearbySockets | undefined {
  if (!isWanted) return undefined;
  const nearby = new Nearby({
    now,
    random: systemRandom,
    nodes: redis && {
      tellAll: (news) => redis.tellNearby(undefined, encodeNews(news)),
      tell: (node, news) => redis.tellNearby(node, encodeNews(news)),
    },
  });
  redis?.onNearby((from, text) => {
    const news = parseNews(text);
    if (news === undefined) log.debug({ node: from }, "news of people nearby cannot be read");
    else nearby.heard(from, news);
  });
  redis?.onReconnected(() => nearby.missedNews());
  return new NearbySockets({ nearby, origins, proxies, now, log, gate: accounts?.admission });
}
