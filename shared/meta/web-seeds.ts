/** Says that a torrent has web seeds (BEP 17, BEP 19), which we do not use. */
export function webSeedText(count: number): string {
  return `It names ${count} web seed${count === 1 ? "" : "s"}, which Tabswarm does not use: everything comes from peers.`;
}
