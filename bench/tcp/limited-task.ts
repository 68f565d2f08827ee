import { type LimitedProgram, limitedLibtorrent, limitedTabswarm } from "./programs.ts";
import { OURS, type TcpStage, type TcpTask } from "./stage.ts";

const LEECHERS = 20;
const MEBIBYTES = 16;
const BYTES = MEBIBYTES * 1024 * 1024;

/** Of everybody's upload, in bytes a second. */
const LIMIT = 1_000_000;

/** Nobody can have everything before the seeder has sent everything once; the leechers could pass it on in less time. */
const BOUND_SECONDS = BYTES / LIMIT;

/**
 * A swarm whose uploads are limited. The leechers start first and link to each other, since the start of twenty processes
 * takes longer than the transfer should; the seeder comes last, and what it needs to link to them counts.
 */
export function limitedTask(): TcpTask {
  return {
    name: "limited",
    title: `${MEBIBYTES} MiB from one process to ${LEECHERS}, uploads limited to 1 MB/s`,
    contenders: {
      [OURS]: among(limitedTabswarm(LIMIT)),
      libtorrent: among(limitedLibtorrent(LIMIT)),
    },
  };
}

function among(program: LimitedProgram) {
  return async (stage: TcpStage) => {
    const sample = await stage.sample(BYTES);
    const leechers = await Promise.all(
      Array.from({ length: LEECHERS }, async () => program.leech(stage, sample, await stage.emptyFolder())),
    );
    await Promise.all(leechers.map(({ process }) => program.linked(process, LEECHERS - 1)));
    const cpuBefore = leechers.reduce((sum, { process }) => sum + process.cpuSeconds(), 0);
    const ends = leechers.map(({ done }) => done.then(() => performance.now()));
    const seeder = await program.seed(stage, sample);
    const startedAt = await program.readyAt(seeder);
    const seconds = (await Promise.all(ends)).map((end) => (end - startedAt) / 1000);
    const all = [seeder, ...leechers.map(({ process }) => process)];
    return {
      "s until all are complete": Math.max(...seconds),
      "last, of the fluid bound": Math.max(...seconds) / BOUND_SECONDS,
      "mean, of the fluid bound": seconds.reduce((sum, each) => sum + each, 0) / LEECHERS / BOUND_SECONDS,
      "copies sent by the seeder": (await program.sentBytes(seeder)) / BYTES,
      "CPU s, all": all.reduce((sum, process) => sum + process.cpuSeconds(), -cpuBefore),
    };
  };
}
