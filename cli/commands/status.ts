import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import type { DaemonStatusJson, DaemonTorrent } from "#shared/daemon/daemon-api.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { formatBytes, formatDuration, plural, wrapped } from "../show/format.ts";
import { limitsText } from "../show/limits-text.ts";
import { clientText, linkText, plainTable, tableText } from "../show/peer-table.ts";
import { stateText } from "../show/torrent-table.ts";
import { DaemonClient } from "../sources/daemon-client.ts";

/** More would leave the screen; `--json` has all. */
const MAX_FILES_SHOWN = 20;
const MAX_PEERS_SHOWN = 20;
const MAX_PATH_CHARACTERS = 56;
const COLUMNS = 79;

/** `tabswarm status`: a daemon, or one of its torrents. */
export function statusCommand(): Command {
  const command = new Command("status")
    .description("show how the daemon is doing, or torrents of it with their files, peers and trackers")
    .argument("[torrent...]", "its name, or the first digits of its info-hash");
  return withDaemonFlags(command).action(status);
}

async function status(names: readonly string[], flags: DaemonClientFlags): Promise<void> {
  await runOnce("status", flags, async () => {
    const client = await DaemonClient.find(resolve(flags.state));
    if (names.length === 0) {
      const now = await client.ask<DaemonStatusJson>("GET", "/api/status");
      return console.log(flags.json ? JSON.stringify({ type: "status", ...now }) : daemonText(now));
    }
    for (const { infoHash } of await client.named(names)) {
      const torrent = await client.ask<DaemonTorrent>("GET", `/api/torrents/${infoHash}`);
      console.log(flags.json ? JSON.stringify({ type: "torrent", ...torrent }) : torrentText(torrent));
    }
  });
}

function daemonText(now: DaemonStatusJson): string {
  const { version, startedAt, port, torrents, peers, folder, limits } = now;
  const counts = Object.entries(torrents).filter(([, count]) => count > 0);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const states = counts
    .map(([phase, count]) => `${count} ${phase === "error" ? "stopped" : phase}`)
    .join(", ");
  const since = formatDuration((Date.now() - Date.parse(startedAt)) / 1_000);
  return rows([
    ["daemon", `Tabswarm ${version}, for ${since}${port === undefined ? "" : `, TCP port ${port}`}`],
    ["torrents", `${all}${states === "" ? "" : `: ${states}`}`],
    ["peers", String(peers)],
    ["now", `${formatBytes(now.downBytesPerSecond)}/s down, ${formatBytes(now.upBytesPerSecond)}/s up`],
    ["in all", `${formatBytes(now.downloadedBytes)} received, ${formatBytes(now.uploadedBytes)} sent`],
    ["limits", limitsText(limits)],
    ["downloads", folder],
  ]);
}

function torrentText(torrent: DaemonTorrent): string {
  const { infoHash, name, bytesDone, bytesTotal, uploadedBytes, ratio, folder, limits, shareLink } = torrent;
  const { downBytesPerSecond, upBytesPerSecond, secondsLeft, problem, trackers, magnetLink } = torrent;
  const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
  const facts: [string, string][] = [
    ["name", printable(name)],
    ["info-hash", infoHash],
    ["state", stateText(torrent) + (torrent.endReason === undefined ? "" : ` (${torrent.endReason})`)],
    ["done", `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}${left}`],
    ["now", `${formatBytes(downBytesPerSecond)}/s down, ${formatBytes(upBytesPerSecond)}/s up`],
    ["sent", `${formatBytes(uploadedBytes)}, ratio ${ratio.toFixed(2)}`],
    ["limits", limitsText(limits)],
    ["folder", folder ?? "your own files"],
    ["magnet", magnetLink],
  ];
  if (shareLink !== undefined) facts.push(["share link", shareLink]);
  if (problem !== undefined) facts.push(["problem", printable(problem)]);
  for (const { url, state, message = "" } of trackers)
    facts.push(["tracker", `${url}: ${state}${message === "" ? "" : ` (${printable(message)})`}`]);
  return [rows(facts), filesText(torrent), peersText(torrent)].filter((part) => part !== "").join("\n\n");
}

function filesText({ files }: DaemonTorrent): string {
  if (files.length === 0) return "";
  const table = plainTable(["file", "size>", "fetched"]);
  for (const { path, bytes, selected, isFirst } of files.slice(0, MAX_FILES_SHOWN))
    table.push([
      printable(path, MAX_PATH_CHARACTERS),
      formatBytes(bytes),
      selected ? (isFirst ? "first" : "yes") : "no",
    ]);
  const more = files.length - MAX_FILES_SHOWN;
  return (
    tableText(table) + (more > 0 ? `\n${plural(more, "more file", "more files")}; --json lists all.` : "")
  );
}

function peersText({ peers }: DaemonTorrent): string {
  if (peers.length === 0) return "No peers now.";
  const table = plainTable(["peer", "client", "link", "has>", "down/s>", "up/s>"]);
  for (const peer of peers.slice(0, MAX_PEERS_SHOWN)) {
    const { address = "browser", client, kind, isIntroduced, progress } = peer;
    const speeds = [peer.downBytesPerSecond, peer.upBytesPerSecond].map(formatBytes);
    const has = `${Math.floor(progress * 100)} %`;
    table.push([address, clientText(client), linkText(kind, isIntroduced), has, ...speeds]);
  }
  const more = peers.length - MAX_PEERS_SHOWN;
  return (
    tableText(table) + (more > 0 ? `\n${plural(more, "more peer", "more peers")}; --json lists all.` : "")
  );
}

/** A name and what it is on each line; long texts that have spaces go on below. */
function rows(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return facts
    .flatMap(([name, text]) =>
      wrapped(text, COLUMNS - width).map((line, at) => (at === 0 ? name : "").padEnd(width) + line),
    )
    .join("\n");
}
