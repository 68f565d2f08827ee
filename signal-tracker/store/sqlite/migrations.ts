/**
 * The steps from an empty file to the layout of today, in order; `user_version` counts those that a file has behind it. A step
 * that has been released never changes: what comes later is a step of its own, with a fixture of the version before it.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE settings (
     name TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE accounts (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     folded_name TEXT NOT NULL UNIQUE,
     password_hash TEXT NOT NULL,
     is_admin INTEGER NOT NULL,
     banned_at INTEGER,
     created_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE sessions (
     hash TEXT PRIMARY KEY,
     account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_by_account ON sessions (account);
   CREATE INDEX sessions_by_end ON sessions (expires_at);

   CREATE TABLE keys (
     id TEXT PRIMARY KEY,
     hash TEXT NOT NULL UNIQUE,
     account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
     name TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     last_used_at INTEGER,
     expires_at INTEGER,
     revoked_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX keys_by_account ON keys (account);

   CREATE TABLE torrents (
     id INTEGER PRIMARY KEY,
     info_hash TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     description TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     file_count INTEGER NOT NULL,
     folded_name TEXT NOT NULL,
     info_bytes INTEGER NOT NULL,
     encoding TEXT,
     owner TEXT REFERENCES accounts ON DELETE CASCADE,
     owner_key_hash TEXT,
     network TEXT,
     published_at INTEGER NOT NULL,
     last_seeded_at INTEGER,
     seeders INTEGER NOT NULL,
     search_text TEXT NOT NULL
   ) STRICT;
   CREATE INDEX torrents_by_newest ON torrents (published_at DESC, info_hash);
   CREATE INDEX torrents_by_seeders ON torrents (seeders DESC, info_hash);
   CREATE INDEX torrents_by_name ON torrents (folded_name, info_hash);
   CREATE INDEX torrents_by_size ON torrents (info_bytes);
   CREATE INDEX torrents_by_owner ON torrents (owner, info_bytes) WHERE owner IS NOT NULL;
   CREATE INDEX torrents_by_network ON torrents (network, info_bytes) WHERE network IS NOT NULL;

   CREATE TABLE torrent_infos (
     torrent INTEGER PRIMARY KEY REFERENCES torrents ON DELETE CASCADE,
     info BLOB NOT NULL
   ) STRICT;

   CREATE VIRTUAL TABLE torrent_search USING fts5 (
     search_text,
     content = 'torrents',
     content_rowid = 'id',
     tokenize = 'trigram case_sensitive 1'
   );
   CREATE TRIGGER torrent_added AFTER INSERT ON torrents BEGIN
     INSERT INTO torrent_search (rowid, search_text) VALUES (new.id, new.search_text);
   END;
   CREATE TRIGGER torrent_removed AFTER DELETE ON torrents BEGIN
     INSERT INTO torrent_search (torrent_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
   END;`,
  "ALTER TABLE accounts ADD COLUMN known_networks TEXT;",
];
