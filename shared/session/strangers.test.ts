import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { type InfoHash, millis, type PeerId, type TrackerUrl } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { DIALLING } from "./dialling.ts";
import type { Input } from "./input.ts";
import { Session } from "./session.ts";
import { STRANGERS } from "./strangers.ts";

const HTTP = "http://192.0.2.1/announce" as TrackerUrl;
const SOCKET = "ws://192.0.2.1/" as TrackerUrl;
const TORRENTS = Array.from({ length: DEFAULT_CONFIG.maxKnockTorrents + 5 }, (_, at) =>
  sampleTorrent({ files: [[`film-${at}.bin`, 100]] }),
);

/** A session that seeds torrents, each announced a second after the one before. */
class Host {
  readonly #session = new Session("1".repeat(40) as PeerId, DEFAULT_CONFIG, seededRandom(1), undefined, {
    dialling: DIALLING,
    strangers: STRANGERS,
  });

  constructor(trackers: readonly TrackerUrl[], minIntervalSeconds?: number) {
    for (const [at, { infoHash, info, infoBytes }] of TORRENTS.entries()) {
      this.feed(at * 1_000, {
        type: "torrentAdded",
        source: {
          infoHash,
          displayName: undefined,
          metadata: { info, infoBytes },
          trackers: [trackers],
          held: Bitfield.full(info.layout.pieceCount),
          selectedFiles: undefined,
          paused: false,
        },
      });
      for (const tracker of trackers) {
        const counts = { seeders: 1, leechers: 0, warning: undefined };
        this.feed(at * 1_000, {
          type: "announceAnswered",
          tracker,
          infoHash,
          intervalSeconds: 600,
          minIntervalSeconds,
          ...counts,
        });
      }
    }
  }

  feed(now: number, input: Input): readonly InfoHash[] {
    const effects = this.#session.handle(millis(now), input);
    return effects.flatMap((effect) => (effect.type === "announce" ? [effect.infoHash] : []));
  }
}

test("after a knock we ask trackers for newcomers, starting with the torrents announced longest ago", () => {
  const host = new Host([HTTP]);
  expect(host.feed(20_000, { type: "knocked" })).toEqual(
    TORRENTS.slice(0, DEFAULT_CONFIG.maxKnockTorrents).map(({ infoHash }) => infoHash),
  );
});

test("we leave a tracker alone for as long as it wants", () => {
  const host = new Host([HTTP], 120);
  expect(host.feed(20_000, { type: "knocked" })).toEqual([]);
});

test("we do not ask trackers that name no addresses", () => {
  const host = new Host([SOCKET]);
  expect(host.feed(20_000, { type: "knocked" })).toEqual([]);
});
