/** Our version, as package.json has it. Peers and trackers learn it. */
export const VERSION = "0.2.0";

/** Its first two parts: what our client is called needs no more. */
export const SHORT_VERSION = VERSION.split(".").slice(0, 2).join(".");
