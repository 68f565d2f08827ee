/** How long trackers and peers get to hear that we leave. Who is silent then is left without a word. */
export const GOODBYE_MILLIS = 1_000;
