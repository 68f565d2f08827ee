// Readiness, draining, TURN, and the view of the tracker.

/** How old an answer to `/readyz` may be: everybody may ask, and each look asks the database. */
export const MAX_READINESS_AGE_MILLIS = 1_000;
/** A store that takes longer to answer `/readyz` is not ready. Load balancers give up at about this time. */
export const READINESS_TIMEOUT_MILLIS = 2_000;

/** WebSockets closed each second while the tracker drains: as many new ones as another node takes with ease. */
export const SOCKETS_DRAINED_PER_SECOND = 1_000;
/** How long it closes WebSockets, however many there are: less than service managers wait before they kill. */
export const MAX_DRAIN_MILLIS = 10_000;
/** How long running requests may go on after that. */
export const MAX_LAST_REQUESTS_MILLIS = 5_000;

/**
 * How long a TURN server lets a client in with what `/config.json` gave it. Pages ask again after half of it; a page that slept for
 * hours still has something to start with.
 */
export const TURN_CREDENTIAL_SECONDS = 12 * 60 * 60;

/** Swarms counted between two turns of the event loop: a few tenths of a millisecond, so that announces do not wait. */
export const SWARMS_COUNTED_AT_ONCE = 200;
/** How old a count of all swarms may be, whoever asks for it and how often. */
export const MAX_CENSUS_AGE_MILLIS = 10_000;
/** How old the names in the tracker's view of itself may be: each look asks the database for all of them. */
export const MAX_STATUS_AGE_MILLIS = 1_000;
/** Swarms in the tracker's view of itself: what a person looks through. */
export const MAX_LARGEST_SWARMS = 50;
/** For how long the log says nothing more of what others can cause many times a second. */
export const WARNING_REST_MILLIS = 60_000;
