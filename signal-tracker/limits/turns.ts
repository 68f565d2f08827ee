// A network's share of the tracker's time.

/**
 * Milliseconds of a turn of the event loop for the WebSockets and requests of one network. What it sends beyond that waits for the
 * next turn, and others come first. While they want nothing, that is at once, so an office loses nothing.
 */
export const MAX_TURN_MILLIS_PER_NETWORK = 5;
/**
 * Answers to one network that wait for Redis or the database at once: it gets thousands a second, and others do not wait behind it.
 */
export const MAX_ANSWERS_UNDER_WAY_PER_NETWORK = 32;
/** What an HTTP request counts at least: much of it happens only after its handler has returned. */
export const MIN_REQUEST_MILLIS = 0.125;
/**
 * Messages and requests of one network that wait for its turn; beyond that, none of its sockets is read. The messages of one read,
 * 64 KiB, may come on top. An office that keeps a tracker busy has a few hundred of them.
 */
export const MAX_WAITING_PER_NETWORK = 1_000;
