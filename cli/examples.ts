import type { Command } from "commander";

/** What people type most, below the flags of each command. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  tracker: [
    "tabswarm tracker",
    "tabswarm tracker --public-url https://share.example.org --data ./tracker-data",
  ],
  create: [
    "tabswarm create Holiday",
    "tabswarm create film.mp4 --announce http://192.168.1.5:8000 --out film.torrent --force",
  ],
  seed: [
    "tabswarm seed film.mp4 --tracker http://192.168.1.5:8000",
    "tabswarm seed Holiday --encrypt --tracker http://192.168.1.5:8000",
    "tabswarm seed film.torrent --data /disk/films --stop-ratio 2",
    "TABSWARM_PEER_RATE_UP=2M tabswarm seed film.mp4",
  ],
  download: [
    "tabswarm download 'http://192.168.1.5:8000/#<info-hash>'",
    "tabswarm download Holiday.torrent --out ~/Pictures --select '*.jpg'",
    "wl-paste | tabswarm download -",
    "tabswarm download backup.torrent --out - | tar -x",
    "tabswarm download film.torrent --serve 8080",
  ],
  peers: ["tabswarm peers film.torrent --idle --limit 5"],
  info: ["tabswarm info film.torrent", "tabswarm info 'magnet:?xt=urn:btih:<info-hash>' --json"],
  search: ["tabswarm search holiday --tracker http://192.168.1.5:8000 --sort seeders"],
  unpublish: ["tabswarm unpublish film.torrent --tracker http://192.168.1.5:8000"],
  daemon: [
    "tabswarm daemon --out /disk/downloads --watch /disk/torrents --tracker http://192.168.1.5:8000",
    "tabswarm daemon --config daemon.json --page",
  ],
  add: [
    "tabswarm add 'magnet:?xt=urn:btih:<info-hash>' --out /disk/films",
    "tabswarm add Holiday --stop-ratio 2",
  ],
  list: ["tabswarm list", "tabswarm list --json"],
  status: ["tabswarm status", "tabswarm status Holiday"],
  pause: ["tabswarm pause Holiday", "tabswarm pause --all"],
  resume: ["tabswarm resume 0a1b2c3d"],
  remove: ["tabswarm remove Holiday", "tabswarm remove 0a1b2c3d --delete-data"],
  limits: ["tabswarm limits --rate-up 2M", "tabswarm limits Holiday --stop-ratio none"],
  start: ["tabswarm start --config peers.json --log-dir ./logs"],
  login: ["tabswarm login --tracker http://192.168.1.5:8000 --name lan"],
  logout: ["tabswarm logout --tracker http://192.168.1.5:8000"],
  sample: ["tabswarm sample --files 20 --size 1M --out ./sample"],
  simulate: ["tabswarm simulate --peers 200 --seed 7 --report report.html"],
};

/** Adds the examples of a command to its help. */
export function withExamples(command: Command): Command {
  const lines = (EXAMPLES[command.name()] ?? []).map((example) => `  ${example}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
