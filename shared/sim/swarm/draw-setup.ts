import { type Random, seededRandom } from "../../base/random.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "../../session/config.ts";
import type { DiskSetup } from "../disk.ts";
import type { Attack } from "./attack.ts";
import { FAULT_NAMES, type FaultName, type FaultRates, NO_FAULTS } from "./fault-rates.ts";
import { leechers, type PeerGroup, type SwarmSetup, seeders, swarmOf } from "./setup.ts";

/** Faults end before this, so that the swarm can come to rest. */
const MAX_FAULTY_MILLIS = 120_000;

/** Of each kind of fault, in a minute. */
const MAX_FAULTS_A_MINUTE = 12;

/** Floods are left to a scenario of their own: each takes seconds. */
const QUIET_ATTACKS: readonly [Attack, ...Attack[]] = [
  "lyingBitfield",
  "haveOutOfRange",
  "unaskedBlocks",
  "badMetadata",
  "oversizedExtension",
];

/** A small swarm in which everything is left to chance: who takes part, how fast they are, and what goes wrong. */
export function drawSetup(seed: number): SwarmSetup {
  const random = seededRandom(seed);
  const pieceBytes = pick(random, [16_384, 16_384, 32_768, 65_536, 262_144]);
  const pieces = 1 + random.below(pieceBytes > 100_000 ? 8 : 40);
  const minDelayMillis = 1 + random.below(60);
  const config = drawConfig(random, pieceBytes);
  return swarmOf(drawGroups(random, config), {
    seed,
    pieces,
    pieceBytes,
    lastPieceBytes: 1 + random.below(pieceBytes),
    meets: pick(random, ["rtc", "rtc", "tcp", "both"]),
    minDelayMillis,
    maxDelayMillis: minDelayMillis + random.below(150),
    disk: drawDisk(random),
    splits: chance(random, 2),
    derivesPieces: chance(random, 2),
    faults: drawFaults(random),
  });
}

function drawGroups(random: Random, config: Partial<SessionConfig>): readonly PeerGroup[] {
  const rates = { upBytesPerSecond: 50_000 + random.below(2_000_000), config };
  const alike = (): Partial<PeerGroup> => ({
    ...rates,
    knowsMetadata: chance(random, 2),
    downBytesPerSecond: chance(random, 3) ? 200_000 + random.below(4_000_000) : Number.POSITIVE_INFINITY,
    comesWithinMillis: 1 + random.below(5_000),
  });
  const limit = 30_000 + random.below(300_000);
  const some = (name: string, most: number, fields: Partial<PeerGroup>): readonly PeerGroup[] => {
    const count = chance(random, 2) ? 0 : 1 + random.below(most);
    return count === 0 ? [] : [leechers(count, { ...alike(), name, ...fields })];
  };
  return [
    seeders(1 + random.below(2), { ...rates, upBytesPerSecond: 50_000 + random.below(2_000_000) }),
    leechers(1 + random.below(6), alike()),
    ...some("strict leecher", 3, { isStrict: true }),
    ...some("slow leecher", 2, { upBytesPerSecond: 10_000 }),
    ...some("limited leecher", 2, { rates: { up: limit, down: limit * 2 } }),
    ...some("free rider", 2, { serves: false }),
    ...some("late leecher", 3, { comesAtMillis: random.below(60_000) }),
    ...some("hasty leecher", 3, { goes: "complete" }),
    ...some("poisoner", 2, { seeds: true, poisonsEvery: 1 + random.below(4) }),
    ...some("attacker", 2, { attack: pick(random, QUIET_ATTACKS) }),
  ];
}

function drawConfig(random: Random, pieceBytes: number): Partial<SessionConfig> {
  return {
    uploadSlots: 2 + random.below(7),
    maxLinks: chance(random, 3) ? 4 + random.below(10) : DEFAULT_CONFIG.maxLinks,
    picker: {
      ...DEFAULT_CONFIG.picker,
      openPiecesBytes: pieceBytes * (1 + random.below(40)),
      endGameCopies: 1 + random.below(3),
      randomPieces: random.below(4),
    },
  };
}

function drawDisk(random: Random): DiskSetup {
  const rate = (slowest: number): number =>
    chance(random, 2) ? slowest + random.below(10 * slowest) : Number.POSITIVE_INFINITY;
  return {
    accessMillis: chance(random, 2) ? 0 : random.below(100),
    bytesPerSecond: rate(500_000),
    hashedBytesPerSecond: rate(2_000_000),
  };
}

function drawFaults(random: Random): FaultRates {
  if (chance(random, 5)) return NO_FAULTS;
  const rates = FAULT_NAMES.map((name) => [name, chance(random, 2) ? 0 : drawRate(random)]);
  return { ...NO_FAULTS, ...Object.fromEntries(rates), untilMillis: random.below(MAX_FAULTY_MILLIS) };
}

/** Rates for these faults, from the seed. */
export function drawFaultsOf(names: readonly FaultName[], seed: number, untilMillis: number): FaultRates {
  const random = seededRandom(seed);
  const rates = FAULT_NAMES.map((name) => [name, names.includes(name) ? drawRate(random) : 0]);
  return { ...NO_FAULTS, ...Object.fromEntries(rates), untilMillis };
}

/** At least once in ten minutes. */
function drawRate(random: Random): number {
  return (1 + random.below(10 * MAX_FAULTS_A_MINUTE)) / 10;
}

/** True once in so many times. */
function chance(random: Random, oneIn: number): boolean {
  return random.below(oneIn) === 0;
}

function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[random.below(items.length)] ?? items[0];
}
