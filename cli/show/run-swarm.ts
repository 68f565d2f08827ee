import { messageOf, UsageError } from "#shared/base/errors.ts";
import type { Outcome } from "#shared/sim/swarm/outcome.ts";
import type { SwarmSetup } from "#shared/sim/swarm/setup.ts";
import { Swarm } from "#shared/sim/swarm/swarm.ts";
import { showProgress } from "./progress.ts";

/** Virtual time between two looks at how far a swarm is. */
const SLICE_MILLIS = 1_000;

export interface SwarmRun {
  /** For a person. */
  readonly name: string;
  /** Whether progress is told as lines of JSON. */
  readonly json: boolean;
  /** Virtual time. Undefined: until everybody has completed. */
  readonly forMillis: number | undefined;
  /** The command that runs the same again. */
  readonly command: string;
}

/**
 * Runs a swarm, shows how far it is, and lets signals and the screen have their turns. Throws a `UsageError` that names the
 * seed and the command, if an invariant is broken or not everybody completes.
 */
export async function runSwarm(setup: SwarmSetup, run: SwarmRun): Promise<Outcome> {
  const swarm = new Swarm(setup);
  const held = (): number =>
    swarm.peers.reduce((sum, { record }) => sum + record.has.count, 0) * setup.pieceBytes;
  const atFirst = held();
  const bytesTotal = swarm.peers.length * setup.pieces * setup.pieceBytes - atFirst;
  const progress = showProgress({ verb: "Simulating", name: run.name, bytesTotal }, run.json);
  let shown = 0;
  try {
    const end = run.forMillis ?? Number.POSITIVE_INFINITY;
    while (!swarm.isDone && swarm.now < end) {
      await swarm.run(SLICE_MILLIS);
      progress.add(held() - atFirst - shown);
      shown = held() - atFirst;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    const reason = messageOf(error);
    throw new UsageError("seed", `Seed ${setup.seed}: ${reason}. Repeat it with: ${run.command}`);
  } finally {
    progress.end();
  }
  return swarm.outcome();
}
