// Announces and STUN over UDP.

/**
 * Answers over UDP to an address that nobody has proved, per network and minute: a hundred pages behind one address have fifty
 * links each, and ask by STUN every 10 s for each link; desktops ask for few connection ids. If the address is forged,
 * its owner gets 16 kB a second.
 */
export const MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE = 30_000;
/** How long a UDP connection id is good: clients use it for one minute, and trackers take it for two (BEP 15). */
export const CONNECTION_ID_LIFETIME_SECONDS = 120;
/** How far apart the clocks of nodes may be that accept each other's connection ids. */
export const MAX_CLOCK_SKEW_SECONDS = 30;
/** Bytes of a UDP packet that no network splits: the least that IPv6 must carry, 1,280, less its headers. */
export const MAX_UDP_REPLY_BYTES = 1_232;
/** Codes of connection ids that are kept instead of made again, which takes a tenth of an announce. About 2 MB. */
export const MAX_KEPT_CONNECTION_CODES = 5_000;
