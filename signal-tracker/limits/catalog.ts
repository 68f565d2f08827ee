// The catalog, its search, and lists of torrents.

/** What a store of records does at once. */
export interface RecordLimits {
  /**
   * Entries of the catalog that a search for one word looks at; for several words they are fewer. A search that reaches it
   * answers with what it has found and a cursor from which to go on.
   */
  readonly maxScannedTorrents: number;
}

/** The limits of a running tracker. */
export const RECORD_LIMITS: RecordLimits = {
  maxScannedTorrents: 2_000, // A few hundredths of a second.
};
/** Trigrams of a word that the index is asked for. What it finds is compared with the whole word. */
export const MAX_TRIGRAMS_PER_WORD = 4;

/** Torrents in a list of allowed or denied ones, about 50 MB. */
export const MAX_LISTED_TORRENTS = 500_000;
/** Bytes of such a file: as many lines with a few words of comment each. */
export const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** What the catalog keeps. */
export interface CatalogLimits {
  readonly maxTorrents: number;
  /** Bytes of info dictionaries, which are most of what an entry takes. */
  readonly maxInfoBytes: number;
  /** The same for one account or, without accounts, for one network. */
  readonly maxTorrentsPerPublisher: number;
  readonly maxInfoBytesPerPublisher: number;
}

/** The limits of a catalog in a database. */
export const CATALOG_LIMITS: CatalogLimits = {
  maxTorrents: 100_000, // A few hundred bytes each, besides their metadata.
  maxInfoBytes: 8 * 1024 ** 3, // 80 kB for each: a film in pieces of 512 KiB.
  maxTorrentsPerPublisher: 5_000, // A school's archive.
  maxInfoBytesPerPublisher: 512 * 1024 ** 2,
};

/** The limits of a catalog in memory. */
export const MEMORY_CATALOG_LIMITS: CatalogLimits = {
  maxTorrents: 10_000,
  maxInfoBytes: 256 * 1024 ** 2,
  maxTorrentsPerPublisher: 1_000,
  maxInfoBytesPerPublisher: 64 * 1024 ** 2,
};

/** Bytes of the info dictionary of one entry: 200,000 pieces, which are 1.6 TB in pieces of 8 MiB. */
export const MAX_ENTRY_INFO_BYTES = 4 * 1024 ** 2;
/** Files of one entry. Opening it means reading them all: a few hundredths of a second. */
export const MAX_ENTRY_FILES = 10_000;
/** Files of an entry that are listed. Nobody reads more. */
export const MAX_LISTED_FILES = 1_000;
/** Characters of an entry's name: a longer file name does not exist. */
export const MAX_ENTRY_NAME_CHARACTERS = 255;
/** Characters of an entry's folded text: name, description and the first few hundred file names. */
export const MAX_SEARCH_TEXT_CHARACTERS = 10_000;
/** Characters and words of a search: a title with everything around it. Each word costs a look at each entry. */
export const MAX_SEARCH_CHARACTERS = 200;
export const MAX_SEARCH_WORDS = 12;
/** Entries of one page of the catalog. */
export const MAX_TORRENTS_PER_PAGE = 100;
/** Opened entries that are kept, so that a popular one is read once. About 10 MB. */
export const MAX_KEPT_DETAILS = 50;

/** Publications of one network a minute: a folder of torrents from a script. Reading one takes a tenth of a second at most. */
export const MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE = 60;
/** Other requests to the catalog from one network a minute: a class of thirty that types searches. */
export const MAX_CATALOG_REQUESTS_PER_NETWORK_AND_MINUTE = 300;

/** How often the catalog looks at the swarms. */
export const SWEEP_INTERVAL_MILLIS = 60_000;
/** Entries that one look is for, and entries between which others get their turn: a hundredth of a second's work. */
export const MAX_TORRENTS_PER_SWEEP = 5_000;
export const TORRENTS_PER_SWEEP_PORTION = 200;
/** How exactly the catalog remembers when somebody seeded: a more exact time would be written at each look. */
export const LAST_SEEDED_ACCURACY_MILLIS = 10 * 60_000;
/** Days after which an entry that nobody has seeded is removed: a long holiday. */
export const CATALOG_DAYS = 30;
/** How long after its start a tracker removes nothing: while it was down, nobody could seed. */
export const SWEEP_GRACE_MILLIS = 24 * 3_600_000;
/** How long nobody has to seed an entry before it says when it will be removed: most seeders are back the next day. */
export const QUIET_MILLIS = 24 * 3_600_000;
