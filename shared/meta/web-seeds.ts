/** Says that a torrent has web seeds (BEP 17, BEP 19), which we do not use. */
export function webSeedText(count: number): string {
  return count === 1
    ? "It names 1 web seed, which Tabswarm does not use: everything comes from peers."
    : `It names ${count} web seeds, which Tabswarm does not use: everything comes from peers.`;
}
