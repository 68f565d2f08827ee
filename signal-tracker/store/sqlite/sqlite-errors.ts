/** SQLite's and the system's codes of errors that an operator can do something about. The first that fits counts. */
const SENTENCES: readonly (readonly [RegExp, (path: string) => string])[] = [
  [/^SQLITE_FULL|^ENOSPC|^EDQUOT/, (path) => `There is no space left for ${path}. Free space on its disk.`],
  [
    /^SQLITE_READONLY|^EROFS|^EACCES|^EPERM/,
    (path) =>
      `${path} cannot be written. Give the tracker's user the right to read and write it and its folder, or pass --data with another folder.`,
  ],
  [
    /^SQLITE_CORRUPT|^SQLITE_NOTADB/,
    (path) =>
      `${path} is damaged. Move it away, together with the files whose names begin like its own, and put a backup in its place.`,
  ],
  [/^SQLITE_BUSY|^SQLITE_LOCKED/, (path) => `${path} is in use by another program. End it and try again.`],
  [
    /^SQLITE_CANTOPEN|^ENOENT|^ENOTDIR|^EISDIR|^ELOOP/,
    (path) => `${path} cannot be opened. Check that its folder is there and that its user is the tracker's.`,
  ],
  [/^SQLITE_IOERR|^EIO/, (path) => `The disk of ${path} fails. Check it, and move the data folder.`],
];

/** What has happened to a database, and what to do about it. */
export function sentenceOf(error: unknown, path: string): string {
  const code = codeOf(error);
  const sentence = SENTENCES.find(([codes]) => codes.test(code))?.[1](path) ?? `${path} cannot be used.`;
  return error instanceof Error ? `${sentence} (${error.message})` : sentence;
}

/** Whether it is the disk's or the file's fault. Anything else is a bug. */
export function isStorageFault(error: unknown): boolean {
  return SENTENCES.some(([codes]) => codes.test(codeOf(error)));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
