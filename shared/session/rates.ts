/** Bytes a second on the links of all torrents together, or of one, protocol included. Undefined: no limit. */
export interface Rates {
  readonly up: number | undefined;
  readonly down: number | undefined;
}
