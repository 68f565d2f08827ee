import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { type TestTorrent, temporaryFolder } from "./files/download.test-support.ts";
import { OpenFiles } from "./files/open-files.ts";
import { openSeed } from "./files/seed-storage.ts";
import type { Encryption } from "./links/encryption/rules.ts";
import { HeadlessPeer, type PeerOptions } from "./peer.ts";

/** Seeds a torrent of one file over TCP on loopback until the test ends, known to no tracker unless one is given. Returns the port. */
export async function startSeeder(
  { infoHash, info, infoBytes, content }: TestTorrent,
  log?: PeerOptions["log"],
  { encryption, tracker }: { readonly encryption?: Encryption; readonly tracker?: TrackerUrl } = {},
): Promise<number> {
  const diskPath = join(await temporaryFolder(), "film");
  await writeFile(diskPath, content);
  const peer = await HeadlessPeer.start({
    tcp: { host: "127.0.0.1", port: 0, encryption: encryption ?? "allow" },
    rtc: false,
    iceServers: () => [],
    rates: { up: undefined, down: undefined },
    exchange: false,
    trusted: new Set(tracker === undefined ? [] : [tracker]),
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
    trackers: tracker === undefined ? [] : [[tracker]],
    select: () => undefined,
    open: () => openSeed({ info, files: [{ diskPath }], isVerified: true }, new OpenFiles()),
  });
  return peer.port ?? 0;
}
