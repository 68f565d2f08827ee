/** How long we wait for trackers and peers to take our goodbye. */
export const GOODBYE_MILLIS = 1_000;
