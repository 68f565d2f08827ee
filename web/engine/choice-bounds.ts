/** The most peers that anybody can choose: as many as the engine has links on a page. */
export const MAX_PEERS = 50;
export const MOST_PEERS = { ofOne: MAX_PEERS, ofAll: MAX_PEERS } as const;

/** What anybody can choose for the pieces of what they share, in bytes: the powers of two from 16 KiB to 16 MiB. */
export const PIECE_LENGTHS: readonly number[] = Array.from({ length: 11 }, (_, power) => 16_384 * 2 ** power);

/** The last time at which sharing can be wanted to end, in milliseconds since 1970: boxes for dates show no later year. */
export const MAX_MOMENT = Date.UTC(9999, 0);
