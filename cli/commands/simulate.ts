import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Command, type Command as CommandType, InvalidArgumentError, Option } from "commander";
import { messageOf, UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { drawFaultsOf } from "#shared/sim/swarm/draw-setup.ts";
import { FAULT_NAMES, type FaultName } from "#shared/sim/swarm/fault-rates.ts";
import type { Outcome } from "#shared/sim/swarm/outcome.ts";
import type { Scenario } from "#shared/sim/swarm/scenario.ts";
import { SCENARIOS } from "#shared/sim/swarm/scenarios.ts";
import { leechers, type SwarmSetup, seeders, swarmOf } from "#shared/sim/swarm/setup.ts";
import { parsePieceLength, parseRate } from "../flags/byte-flags.ts";
import type { LogFlags } from "../flags/log.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { runSwarm } from "../show/run-swarm.ts";
import { describeFaults, describeOutcome, describeSetup, outcomeJson } from "../show/simulation.ts";
import { swarmReport } from "../show/swarm-report/report.ts";

interface SimulateFlags extends LogFlags {
  readonly scenario?: Scenario;
  readonly peers: number;
  readonly pieces: number;
  readonly pieceLength: number;
  readonly rateUp: number;
  readonly rateDown?: number;
  readonly seederRateUp?: number;
  readonly over: SwarmSetup["meets"];
  readonly faults: readonly FaultName[];
  readonly report?: string;
  readonly seed?: number;
}

const MAX_PEERS = 2_000;
const MAX_PIECES = 8_192;
/** Four times what a run of a few minutes has. */
const MAX_PEERS_TIMES_PIECES = 2_000_000;

const SEEDS = 2 ** 32;

/** Faults go on for so long. */
const FAULTY_MILLIS = 60_000;

/** `tabswarm simulate`: a swarm in virtual time. */
export function simulateCommand(): CommandType {
  const names = SCENARIOS.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`);
  const command = new Command("simulate")
    .description("run the engine as a swarm in virtual time, with all chance from one seed")
    .option("--peers <number>", `how many download, at most ${MAX_PEERS}`, parseUpTo(MAX_PEERS), 20)
    .option("--pieces <number>", `pieces of the torrent, at most ${MAX_PIECES}`, parseUpTo(MAX_PIECES), 100)
    .option("--piece-length <bytes>", "a power of two such as 64K", parsePieceLength, 65_536)
    .option("--rate-up <bytes>", "upload of everybody's line, in bytes a second", parseRate, 1_000_000)
    .option(
      "--rate-down <bytes>",
      "download of everybody's line; without it as fast as others send",
      parseRate,
    )
    .option("--seeder-rate-up <bytes>", "upload of the seeder's line; without it as for everybody", parseRate)
    .addOption(new Option("--over <links>", "how peers meet").choices(["rtc", "tcp", "both"]).default("rtc"))
    .option(
      "--faults <list>",
      `what goes wrong in the first minute, with rates from the seed: all, none, or some of ${FAULT_NAMES.join(", ")}`,
      parseFaults,
      [],
    )
    .option(
      "--scenario <name>",
      "a swarm with a name, in place of the options above; see below",
      parseScenario,
    )
    .option(
      "--seed <number>",
      "the same number gives the same run, event for event, on every machine",
      parseSeed,
    )
    .option("--report <file>", "write one HTML page with charts, which needs nothing else; replaces the file")
    .addHelpText("after", `\nScenarios:\n${names.join("\n")}`);
  return withCommonFlags(command).action(simulate);
}

async function simulate(flags: SimulateFlags): Promise<void> {
  await runOnce("simulate", flags, async ({ log }) => {
    const seed = flags.seed ?? randomInt(SEEDS);
    const [setup, ...others] = setupsOf(flags, seed);
    if (!flags.json) {
      console.log(describeSetup(setup));
      console.log(describeFaults(setup.faults));
    } else console.log(JSON.stringify({ type: "simulating", seed, faults: setup.faults }));
    const run = {
      name: flags.scenario?.name ?? "a swarm",
      json: flags.json,
      forMillis: flags.scenario?.forMillis,
      command: repeating(flags, seed),
    };
    const outcome = await runSwarm(setup, run);
    const otherOutcomes: Outcome[] = [];
    for (const other of others) otherOutcomes.push(await runSwarm(other, run));
    const measures = flags.scenario?.measures(outcome, otherOutcomes) ?? [];
    if (flags.report !== undefined) await writeReport(flags.report, swarmReport(outcome, run.command));
    log.info({ seed, hash: outcome.hash, steps: outcome.steps }, "simulated");
    console.log(
      flags.json ? JSON.stringify(outcomeJson(outcome, measures)) : describeOutcome(outcome, measures),
    );
    if (flags.report !== undefined && !flags.json) console.log(`The report is in ${printable(flags.report)}`);
  });
}

async function writeReport(path: string, html: string): Promise<void> {
  try {
    await writeFile(path, html);
  } catch (error) {
    throw new UsageError("report", `The report cannot be written (${messageOf(error)}). Name another file.`);
  }
}

function setupsOf(flags: SimulateFlags, seed: number): readonly [SwarmSetup, ...SwarmSetup[]] {
  if (flags.scenario !== undefined) return flags.scenario.setups(seed);
  const { peers, pieces, pieceLength: pieceBytes, rateUp, rateDown = Number.POSITIVE_INFINITY } = flags;
  if (peers * pieces > MAX_PEERS_TIMES_PIECES)
    throw new UsageError(
      "peers",
      `That takes hours. Peers times pieces must be at most ${MAX_PEERS_TIMES_PIECES.toLocaleString("en")}.`,
    );
  const rates = { upBytesPerSecond: rateUp, downBytesPerSecond: rateDown };
  const faster = { ...rates, upBytesPerSecond: flags.seederRateUp ?? rateUp };
  const faults = drawFaultsOf(flags.faults, seed, flags.faults.length === 0 ? 0 : FAULTY_MILLIS);
  return [
    swarmOf([seeders(1, faster), leechers(peers, rates)], {
      seed,
      pieces,
      pieceBytes,
      meets: flags.over,
      faults,
    }),
  ];
}

/** The command that runs the same swarm again. */
function repeating(flags: SimulateFlags, seed: number): string {
  if (flags.scenario !== undefined)
    return `tabswarm simulate --scenario ${flags.scenario.name} --seed ${seed}`;
  const { peers, pieces, pieceLength, rateUp, rateDown, seederRateUp, over, faults } = flags;
  const parts = [
    ["--peers", peers],
    ["--pieces", pieces],
    ["--piece-length", pieceLength],
    ["--rate-up", rateUp],
    ["--rate-down", rateDown],
    ["--seeder-rate-up", seederRateUp],
    ["--over", over],
    ["--faults", faults.length === 0 ? undefined : faults.join()],
    ["--seed", seed],
  ];
  const given = parts.filter(([, value]) => value !== undefined);
  return `tabswarm simulate ${given.map((part) => part.join(" ")).join(" ")}`;
}

function parseUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

function parseScenario(text: string): Scenario {
  const scenario = SCENARIOS.find(({ name }) => name === text);
  if (scenario !== undefined) return scenario;
  throw new InvalidArgumentError(`It must be one of ${SCENARIOS.map(({ name }) => name).join(", ")}.`);
}

function parseFaults(text: string): readonly FaultName[] {
  if (text === "none") return [];
  if (text === "all") return FAULT_NAMES;
  return text.split(",").map((name) => {
    const fault = FAULT_NAMES.find((each) => each === name.trim());
    if (fault !== undefined) return fault;
    throw new InvalidArgumentError(`It must be all, none, or some of ${FAULT_NAMES.join(", ")}.`);
  });
}

function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : SEEDS;
  if (seed < SEEDS) return seed;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${SEEDS - 1}.`);
}
