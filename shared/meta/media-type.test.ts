import { expect, test } from "vitest";
import { mediaTypeOf } from "./media-type.ts";

test.each([
  ["film.mp4", "video", "video/mp4"],
  ["a/b/Film.WEBM", "video", "video/webm"],
  ["song.flac", "audio", "audio/flac"],
  ["two.html.mp3", "audio", "audio/mpeg"],
])("%s is played as %s", (name, kind, type) => {
  expect(mediaTypeOf(name)).toEqual({ kind, type });
});

test.each([
  "page.html",
  "picture.svg",
  "paper.pdf",
  "film.mp4.html",
  "mp4",
  "film.mp4 ",
  "x.constructor",
  "",
  "x.",
])("%j is not played", (name) => expect(mediaTypeOf(name)).toBeUndefined());
