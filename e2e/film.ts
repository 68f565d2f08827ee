import { execFileSync, spawnSync } from "node:child_process";
import { statSync } from "node:fs";

/** What to do if ffmpeg is missing. */
export const NO_FFMPEG = "ffmpeg is not installed, so nothing is played. Install ffmpeg, or set FFMPEG_PATH.";

/** The command that makes films. Undefined: it is not installed. */
export function findFfmpeg(): string | undefined {
  const named = process.env["FFMPEG_PATH"] || "ffmpeg";
  return spawnSync(named, ["-version"]).status === 0 ? named : undefined;
}

/** Seconds of a test's film. */
export const FILM_SECONDS = 60;

/** A film of moving figures with a tone, at a steady rate. */
const PICTURES = ["-f", "lavfi", "-i", "testsrc2=size=480x270:rate=25"];
const TONE = ["-f", "lavfi", "-i", "sine=frequency=440"];
const CODECS = [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"],
  ...[
    "-b:v",
    "600k",
    "-minrate",
    "600k",
    "-maxrate",
    "600k",
    "-bufsize",
    "600k",
    "-c:a",
    "aac",
    "-b:a",
    "64k",
  ],
];

/**
 * Makes a film in MP4. `index`: whether the table of its frames (`moov`) comes first, as for the web, or last, as cameras write it.
 * Returns the bytes that a second of it takes.
 */
export function makeFilm(path: string, index: "first" | "last"): number {
  const flags = index === "first" ? ["-movflags", "+faststart"] : [];
  const length = ["-t", String(FILM_SECONDS)];
  const args = ["-v", "error", "-y", ...PICTURES, ...TONE, ...length, ...CODECS, ...flags, path];
  execFileSync(findFfmpeg() ?? "ffmpeg", args);
  return Math.ceil(statSync(path).size / FILM_SECONDS);
}
