import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { nodeRandom } from "#headless-peer/platform.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { parseMetainfo } from "#shared/meta/metainfo.ts";
import { ATTACKS, type Attack, attackerOf } from "#shared/sim/swarm/attack.ts";
import { MAX_MESSAGE_BYTES } from "#shared/wire/framer.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256, torrentOf, writtenFile } from "./files.ts";
import { freePort } from "./free-port.ts";
import { HostileSocket } from "./hostile-socket.ts";
import { until } from "./until.ts";

/** Far above what a peer needs among friends (120 MB), and below what a flood could make it hold. */
const MAX_MEMORY_BYTES = 400 * MIB;

/** What the log of a seeder says. Absent: the link stays, or it takes half a minute. A seeder needs no other seeder. */
const AT_SEEDER: Partial<Record<Attack, string>> = {
  lyingBitfield: "nothingToShare",
  haveOutOfRange: "brokeTheRules",
  endlessRequests: "tooManyMessages",
  unaskedBlocks: "nothingToShare",
  badMetadata: "nothingToShare",
  tinyMessages: "tooManyMessages",
  interestFlapping: "tooManyMessages",
  cancelFlood: "tooManyMessages",
  repeatedHaves: "tooManyMessages",
  repeatedHandshakes: "tooManyMessages",
  endlessMetadataRequests: "tooManyMessages",
  rejectsEverything: "nothingToShare",
};

/** At somebody who downloads. */
const AT_LEECHER: Partial<Record<Attack, string>> = { unaskedBlocks: "banned" };

const newFolder = temporaryFolders();

interface Entry {
  readonly msg: string;
  readonly address?: string;
  readonly reason?: string;
  readonly brokenRule?: string;
}

function run(...words: readonly string[]): RunningCommand {
  const command = new RunningCommand(...words);
  onTestFinished(() => command.kill());
  return command;
}

async function entriesOf(logDir: string, name: string): Promise<readonly Entry[]> {
  const text = await readFile(join(logDir, `${name}.log`), "utf8");
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  return lines.map((line): Entry => JSON.parse(line));
}

/** The links that a command has closed, by the port at the other end. */
async function closedLinks(logDir: string, name: string): Promise<ReadonlyMap<number, Entry>> {
  const closed = (await entriesOf(logDir, name)).filter(({ msg }) => msg === "link closed");
  return new Map(closed.map((entry) => [Number(entry.address?.split(":").at(-1)), entry]));
}

test("a seeder and a leecher under every attack at once close the attackers' links, say why, and finish", async () => {
  const tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log: pino({ level: "silent" }),
  });
  onTestFinished(() => tracker.close());
  const folder = await newFolder();
  const film = await randomFile(folder, "film.bin", 4 * MIB);
  const torrent = await torrentOf(film);
  const { infoBytes } = parseMetainfo(torrent);
  const info = parseInfo(infoBytes);
  const infoHash = createHash("sha1").update(infoBytes).digest("hex") as InfoHash;
  const ports = [await freePort(), await freePort()] as const;
  const options = (port: number) => [
    "--no-rtc",
    "--host",
    "127.0.0.1",
    "--port",
    `${port}`,
    "--log-dir",
    folder,
  ];
  const url = `http://127.0.0.1:${tracker.port}`;
  const seeder = run(
    "seed",
    await writtenFile(folder, "film.torrent", torrent),
    "--tracker",
    url,
    "--rate-up",
    "1M",
    ...options(ports[0]),
  );
  const { magnet } = await seeder.line("seeding");
  const leecher = run("download", String(magnet), "--out", join(folder, "got"), ...options(ports[1]));
  await leecher.line("status");
  const attack = (port: number) => (name: Attack) => {
    const socket = new HostileSocket(
      port,
      infoHash,
      attackerOf(name, { info, infoBytes: infoBytes.slice() }, nodeRandom),
    );
    onTestFinished(() => socket.destroy());
    return [name, socket] as const;
  };
  const atSeeder = new Map(ATTACKS.map(attack(ports[0])));
  const atLeecher = new Map(ATTACKS.map(attack(ports[1])));

  await leecher.line("downloaded");
  expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(film));
  const said = async (): Promise<object> => {
    const links = [await closedLinks(folder, "seed"), await closedLinks(folder, "download")] as const;
    const reasons = (sockets: typeof atSeeder, closed: (typeof links)[number], wanted: typeof AT_SEEDER) =>
      Object.fromEntries(
        [...sockets].flatMap(([name, { port = 0 }]) =>
          name in wanted ? [[name, closed.get(port)?.reason]] : [],
        ),
      );
    return [reasons(atSeeder, links[0], AT_SEEDER), reasons(atLeecher, links[1], AT_LEECHER)];
  };
  await until(() => [...atSeeder].every(([name, { isClosed }]) => isClosed || !(name in AT_SEEDER)));
  expect(await said()).toEqual([AT_SEEDER, AT_LEECHER]);
  const rules = (await entriesOf(folder, "seed")).map(({ brokenRule }) => brokenRule);
  expect(rules).toContain(`have of piece ${info.layout.pieceCount}`);
  expect(rules).toContain(`a message of ${MAX_MESSAGE_BYTES + 3} bytes`); // With its handshake: nobody knows who it is.
  expect((await seeder.peakMemoryBytes()) ?? 0).toBeLessThan(MAX_MEMORY_BYTES);
}, 120_000); // 14 seconds on a quiet machine.
