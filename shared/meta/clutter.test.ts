import { expect, test } from "vitest";
import { isClutter } from "./clutter.ts";

test.each(["Trip/.DS_Store", "Trip/a/Thumbs.db", "Trip/thumbs.db", "Trip/Desktop.ini", "Trip/desktop.ini"])(
  "%s is clutter",
  (path) => expect(isClutter(path)).toBe(true),
);

test.each([
  "Trip/.hidden",
  "Trip/my Thumbs.db",
  "Trip/Thumbs.db.txt",
  "Trip/.DS_Store/a",
  "Thumbs.db/a",
  ".DS_Store",
  "desktop.ini",
])("%s is not clutter", (path) => expect(isClutter(path)).toBe(false));
