// What it costs to choose what to request, in one process and without a network: `npx tsx bench/picker.ts [--pieces N] [--peers N]`.
import { parseArgs } from "node:util";
import { Bitfield } from "#shared/base/bitfield.ts";
import { type LinkId, millis, type PieceIndex } from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { BLOCK_BYTES, type Block, Layout } from "#shared/meta/layout.ts";
import { PiecePicker } from "#shared/policy/picker/picker.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";

const { values: flags } = parseArgs({
  options: {
    pieces: { type: "string", default: "16000" },
    peers: { type: "string", default: "50" },
    blocks: { type: "string", default: "4" },
  },
});
const pieceCount = Number(flags.pieces);
const peerCount = Number(flags.peers);
const blocksEach = Number(flags.blocks);

/** As many requests as a fast peer has outstanding, and as many as it answers before it gets more. */
const REQUESTS = 64;
const ANSWERS = 16;

/** How many of the pieces each peer has. A peer that has few seldom has anything that we lack. */
const SHARES = [1, 0.5, 0.02];

console.log(`${pieceCount} pieces of ${blocksEach} blocks, ${peerCount} peers`);
for (const share of SHARES) {
  const { micros, blocks, calls } = download(share, seededRandom(1));
  const each = (micros / blocks).toFixed(1);
  console.log(`each has ${100 * share} %: ${each} µs a block, ${(micros / calls).toFixed(1)} µs a pick`);
}

/** Downloads everything, one seeder aside from peers that each have a share of the pieces, and counts the processor time. */
function download(share: number, random: Random): { micros: number; blocks: number; calls: number } {
  const layout = new Layout(pieceCount * blocksEach * BLOCK_BYTES, blocksEach * BLOCK_BYTES);
  const picker = new PiecePicker(
    layout,
    new Bitfield(pieceCount),
    Bitfield.full(pieceCount),
    DEFAULT_CONFIG.picker,
    random,
    { dropped: () => {}, isServing: () => true, withdrawn: () => {} },
  );
  const links = Array.from({ length: peerCount }, (_, at) => (at + 1) as LinkId);
  for (const [at, link] of links.entries())
    for (let piece = 0; piece < pieceCount; piece++)
      if (at === 0 || random.below(1_000) < share * 1_000) picker.peerHas(link, piece as PieceIndex);
  const asked = new Map<LinkId, Block[]>(links.map((link) => [link, []]));
  let calls = 0;
  let blocks = 0;
  const before = process.cpuUsage();
  for (let now = 0; !picker.isComplete; now++) {
    for (const link of links) {
      const owed = asked.get(link) ?? [];
      owed.push(...picker.pick(link, REQUESTS - owed.length, millis(now)));
      calls += 1;
      for (const block of owed.splice(0, ANSWERS)) {
        blocks += 1;
        if (picker.blockArrived(link, block, millis(now)) === "pieceFull")
          picker.pieceChecked(block.piece, true);
      }
    }
  }
  const { user, system } = process.cpuUsage(before);
  return { micros: user + system, blocks, calls };
}
