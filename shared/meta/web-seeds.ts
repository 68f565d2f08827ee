/** Says that there are web seeds (BEP 17, BEP 19), and that they do not help. */
export function webSeedText(count: number): string {
  return `It names ${count} web seed${count === 1 ? "" : "s"}, which Tabswarm does not use: everything comes from peers.`;
}
