/** How often a torrent can be wanted to send its size: less than this is hardly sharing, and more takes years. */
export const MIN_RATIO = 0.1;
export const MAX_RATIO = 1_000;

/** For how long it can be wanted to be shared: a year. */
export const MAX_SHARED_MINUTES = 365 * 24 * 60;

/** How many people can be wanted to get everything: more than one peer reaches. */
export const MAX_DOWNLOADS = 10_000;
