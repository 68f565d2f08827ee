import { figuresOf, graphOf, type Outcome } from "./outcome.ts";
import { atLeast, atMost, type Measure, type Scenario, told } from "./scenario.ts";
import { leechers, type PeerGroup, type SwarmSetup, seeders, swarmOf } from "./setup.ts";

/** So slow that nobody completes and leaves while we look. */
const SLOW: Partial<PeerGroup> = { upBytesPerSecond: 2_000 };

/** Most links are wanted, and few are free. They look for a part of them: if all looked for as many as they take, nobody would take a newcomer. */
const BUSY: Partial<PeerGroup> = { upBytesPerSecond: 15_000, config: { maxLinks: 20, peersSought: 12 } };

/** Everybody opens the page at once. */
const CROWD: Partial<PeerGroup> = { ...SLOW, comesWithinMillis: 2_000 };

/** How peers meet, what that costs, and whether the swarm hangs together. */
export const MEETING_SCENARIOS: readonly Scenario[] = [
  meeting("flash-crowd", "100 leechers arrive within two seconds", 60_000, [
    seeders(1, SLOW),
    leechers(100, CROWD),
  ]),
  meeting("nat", "100 leechers, 30 of them behind routers that nobody can dial", 120_000, [
    seeders(1, SLOW),
    leechers(70, CROWD),
    leechers(30, { ...CROWD, name: "strict leecher", isStrict: true }),
  ]),
  meeting(
    "tracker-dies",
    "100 leechers whose tracker dies again and again, and returns without its memory",
    120_000,
    [seeders(1, SLOW), leechers(100, CROWD)],
    { trackerDeaths: 4, untilMillis: 100_000 },
  ),
  meeting(
    "one-member",
    "the tracker dies for good after three peers; 97 more come in a minute, each knowing one of those that are there",
    120_000,
    // Nobody has anything, or introductions would wait behind it on lines that are so slow.
    [leechers(3), leechers(97, { name: "newcomer", comesAtMillis: 3_000, comesWithinMillis: 60_000 })],
    {},
    3_000,
  ),
  meeting(
    "cap-twenty",
    "200 leechers come in a minute to a busy swarm, with at most 20 links each",
    100_000,
    [seeders(1, BUSY), leechers(200, { ...BUSY, comesWithinMillis: 60_000 })],
  ),
  meeting("cap-fifty", "400 leechers come in half a minute, with at most 50 links each", 60_000, [
    seeders(1, SLOW),
    leechers(400, { ...SLOW, comesWithinMillis: 30_000 }),
  ]),
];

function meeting(
  name: string,
  about: string,
  forMillis: number,
  groups: readonly PeerGroup[],
  faults: Partial<SwarmSetup["faults"]> = {},
  trackerDiesAtMillis?: number,
): Scenario {
  const none = swarmOf([]).faults;
  return {
    name,
    about,
    setups: (seed) => [
      swarmOf(groups, {
        ...{ seed, pieces: 100, pieceBytes: 16_384 },
        ...{ faults: { ...none, ...faults }, trackerDiesAtMillis },
      }),
    ],
    forMillis,
    measures: (outcome) => meetingMeasures(outcome),
  };
}

function meetingMeasures(outcome: Outcome): readonly Measure[] {
  const figures = graphOf(outcome);
  const { diameter, fewestLinks, meanLinks, mostLinks } = figures;
  return [
    atMost("connections made for each that opened", figuresOf(outcome).connectionsPerLink, "times", 1.5),
    atLeast("peers that hang together", figures.connected, "share", 1),
    atLeast("without the seeder", figures.connectedWithoutSeeders, "share", 1),
    atLeast("right after a third has gone, at worst of 20 draws", figures.connectedWithoutThird, "share", 1),
    atMost("links from one end of the swarm to the other", diameter, "count", 5),
    atLeast("fewest links of a peer", fewestLinks, "count", 4),
    told("mean", meanLinks, "count"),
    told("most", mostLinks, "count"),
    told("correlation of the ages of linked peers", ageCorrelation(outcome), "times"),
  ];
}

/** 0: peers are linked whenever they came. 1: only to those that came with them. */
function ageCorrelation({ graph, peers }: Outcome): number {
  const came = (peer: number): number => peers[peer]?.cameAtMillis ?? 0;
  const pairs = graph.links.flatMap(([one, other]) => [
    [came(one), came(other)] as const,
    [came(other), came(one)] as const,
  ]);
  const mean = pairs.reduce((sum, [age]) => sum + age, 0) / pairs.length;
  const covariance = pairs.reduce((sum, [one, other]) => sum + (one - mean) * (other - mean), 0);
  return covariance / pairs.reduce((sum, [age]) => sum + (age - mean) * (age - mean), 0);
}
