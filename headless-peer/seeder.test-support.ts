import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type TestTorrent, temporaryFolder } from "./files/download.test-support.ts";
import { OpenFiles } from "./files/open-files.ts";
import { openSeed } from "./files/seed-storage.ts";
import { HeadlessPeer, type PeerOptions } from "./peer.ts";

/** Seeds a torrent of one file over TCP on loopback until the test ends, known to no tracker. Returns the port. */
export async function startSeeder(
  { infoHash, info, infoBytes, content }: TestTorrent,
  log?: PeerOptions["log"],
): Promise<number> {
  const diskPath = join(await temporaryFolder(), "film");
  await writeFile(diskPath, content);
  const peer = await HeadlessPeer.start({
    tcp: { host: "127.0.0.1", port: 0, encryption: "allow" },
    rtc: false,
    iceServers: () => [],
    rates: { up: undefined, down: undefined },
    exchange: false,
    trusted: new Set(),
    local: undefined,
    dht: undefined,
    warn: () => {},
    ...(log && { log }),
  });
  onTestFinished(() => peer.close());
  await peer.add({
    infoHash,
    displayName: undefined,
    metadata: { info, infoBytes },
    trackers: [],
    select: () => undefined,
    open: () => openSeed({ info, files: [{ diskPath }], isVerified: true }, new OpenFiles()),
  });
  return peer.port ?? 0;
}
