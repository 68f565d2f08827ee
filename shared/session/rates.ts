/** Bytes a second on the links of all torrents together, protocol included. Undefined: no limit. */
export interface Rates {
  readonly up: number | undefined;
  readonly down: number | undefined;
}
