import type { Random } from "#shared/base/random.ts";

/** One of the items. */
export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.below(items.length)] as Item;

/** Texts that have broken parsers, databases and searches of others. */
export const ODD_TEXTS = [
  ...[
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e",
    "ｆｕｌｌ",
    "İ",
    "đ",
    "e\u0301".repeat(50),
    "x".repeat(70_000),
  ],
  ...[
    "'",
    '"',
    "' OR 1=1 --",
    '" OR ""="',
    "'; DROP TABLE torrents; --",
    "\\",
    "%",
    "_",
    "%00",
    "%ff",
    "\ud83d",
  ],
  ...[
    "*",
    "a*",
    "^a",
    "NEAR(a b)",
    "a AND",
    "OR",
    "NOT a",
    '"a',
    "a:b",
    "name:x",
    "{a b}:c",
    "(((",
    "-a",
    "+a",
  ],
  ...["../..", "/etc/passwd", "__proto__", "constructor", "<script>alert(1)</script>", "{{7*7}}"],
];
/** Numbers that are no counts, seconds or sizes. */
export const ODD_NUMBERS = [0, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, Number.NaN, -0, Number.POSITIVE_INFINITY];

/** Any JSON, with names that the API knows among its keys. */
export function oddJson(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 3 ? 4 : 7);
  if (kind === 0) return pick(random, ODD_TEXTS);
  if (kind === 1) return pick(random, ODD_NUMBERS);
  if (kind === 2) return pick(random, [null, true, false]);
  if (kind === 3) return Buffer.from(random.bytes(random.below(200))).toString("base64");
  if (kind === 4) return Array.from({ length: random.below(5) }, () => oddJson(random, depth + 1));
  const names = [
    "name",
    "password",
    "torrent",
    "description",
    "ttlSeconds",
    "graceSeconds",
    "isAdmin",
    "isBanned",
  ];
  const known = [
    ...names,
    "newPassword",
    "oldPassword",
    "adminCode",
    "isRegistrationOpen",
    "__proto__",
    "toString",
  ];
  return Object.fromEntries(
    Array.from({ length: 1 + random.below(4) }, () => [pick(random, known), oddJson(random, depth + 1)]),
  );
}
