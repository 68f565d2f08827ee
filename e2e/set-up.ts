// Installs what the tests need and npm does not install: a browser and foreign clients. `npm test` runs it.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findAria2 } from "./aria2.ts";
import { findChromium, hasHeadlessShell } from "./chromium.ts";
import { findCoturn, NO_COTURN } from "./coturn.ts";
import { findCryptography, NO_CRYPTOGRAPHY } from "./cryptography.ts";
import { findFfmpeg, NO_FFMPEG } from "./film.ts";
import { findFirefox, NO_FIREFOX } from "./firefox.ts";
import { findHaproxy, NO_HAPROXY } from "./haproxy.ts";
import { findNewerNode, NO_NEWER_NODE } from "./newer-node.ts";
import { findRedis, NO_REDIS } from "./redis.ts";
import { findRTorrent, NO_RTORRENT } from "./rtorrent.ts";
import { hasSqlite, INSTALL_SQLITE, NO_SQLITE } from "./sqlite.ts";
import { findTransmission } from "./transmission.ts";
import { findCertutil, NO_CERTUTIL } from "./trust-store.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function run(command: string, args: readonly string[], cwd?: string): boolean {
  console.log(`$ ${command} ${args.join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit", ...(cwd === undefined ? {} : { cwd }) }).status === 0;
}

/** Installs Debian packages, where we may. */
function installPackages(...names: readonly string[]): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  run("apt-get", ["update", "-q"]);
  return withoutServices(() => run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...names]));
}

/** Keeps Debian from starting services that it installs: tests start their own. */
function withoutServices(install: () => boolean): boolean {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return install();
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy);
  }
}

/** Installs Debian's, or else Playwright's own. */
function installChromium(): boolean {
  if (installPackages("chromium", "chromium-headless-shell", "fonts-noto-color-emoji")) return true;
  return run("npx", ["playwright", "install", "chromium-headless-shell", "chromium"]);
}

function missing(what: string): void {
  console.warn(`\n*** ${what} ***\n`);
  if (process.env["CI"]) process.exit(1);
}

if (findChromium() === undefined && !(installChromium() && findChromium() !== undefined)) {
  missing("There is no Chromium: every browser test is SKIPPED. Install chromium, or set CHROMIUM_PATH.");
}

if (!hasHeadlessShell()) installPackages("chromium-headless-shell"); // Tests run without it, too, but twice as long.

if (findFirefox() === undefined && !(installPackages("firefox-esr") && findFirefox() !== undefined)) {
  missing(NO_FIREFOX);
}

if (findAria2() === undefined && !(installPackages("aria2") && findAria2() !== undefined)) {
  missing("There is no aria2: every test with it is SKIPPED. Install aria2, or set ARIA2_PATH.");
}

if (
  findTransmission() === undefined &&
  !(installPackages("transmission-daemon") && findTransmission() !== undefined)
) {
  missing(
    "There is no Transmission: every test with it is SKIPPED. Install transmission-daemon, or set TRANSMISSION_PATH.",
  );
}

if (findRTorrent() === undefined && !(installPackages("rtorrent") && findRTorrent() !== undefined)) {
  missing(NO_RTORRENT);
}

if (findFfmpeg() === undefined && !(installPackages("ffmpeg") && findFfmpeg() !== undefined)) {
  missing(NO_FFMPEG);
}

if (findCertutil() === undefined && !(installPackages("libnss3-tools") && findCertutil() !== undefined)) {
  missing(NO_CERTUTIL);
}

if (findCoturn() === undefined && !(installPackages("coturn") && findCoturn() !== undefined)) {
  missing(NO_COTURN);
}

if (findRedis() === undefined && !(installPackages("redis-server") && findRedis() !== undefined)) {
  missing(NO_REDIS);
}

if (findHaproxy() === undefined && !(installPackages("haproxy") && findHaproxy() !== undefined)) {
  missing(NO_HAPROXY);
}

if (
  findCryptography() === undefined &&
  !(installPackages("python3-cryptography") && findCryptography() !== undefined)
) {
  missing(NO_CRYPTOGRAPHY);
}

if (!hasSqlite() && !(run("npm", INSTALL_SQLITE, here("..")) && hasSqlite())) missing(NO_SQLITE);

const foreign = here("foreign");
const hasForeign = existsSync(`${foreign}/node_modules/webtorrent`) && findNewerNode() !== undefined;
if (!hasForeign && !run("npm", ["ci", "--ignore-scripts"], foreign)) {
  missing("npm could not install the foreign clients: every test with WebTorrent is SKIPPED.");
}
if (findNewerNode() === undefined) missing(NO_NEWER_NODE);
