import { expect, test } from "vitest";
import { fold } from "#shared/base/fold.ts";
import { FOLDER, file, hashes } from "#shared/meta/info.test-support.ts";
import { MAX_SEARCH_TEXT_CHARACTERS } from "../limits/catalog.ts";
import { torrentFile } from "./catalog.test-support.ts";
import { readNewEntry } from "./new-entry.ts";

test("a description has no blanks around it, and a name of blanks is the info-hash", () => {
  const { content } = readNewEntry(torrentFile({ name: " \t " }), "\n for all \n");
  expect(content.description).toBe("for all");
  expect(content.name).toBe(content.infoHash);
});

test("the text of a single file has its name once", () => {
  expect(readNewEntry(torrentFile({ name: "Huế.jpg" }), "").content.searchText).toBe("hue.jpg");
});

test("a text that is cut for the search is still folded as searches are", () => {
  const description = "a ".repeat(500);
  const name = "b ".repeat(100);
  const files = Array.from({ length: 60 }, (_, at) => file(1, `${at}${"c ".repeat(100)}c`));
  const torrent = torrentFile({ name, files, pieces: hashes(1) }, FOLDER);
  const { searchText } = readNewEntry(torrent, description).content;
  expect(searchText.length).toBeGreaterThan(MAX_SEARCH_TEXT_CHARACTERS - 3);
  expect(searchText.length).toBeLessThanOrEqual(MAX_SEARCH_TEXT_CHARACTERS);
  expect(searchText).toBe(fold(searchText));
});
