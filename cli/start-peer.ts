import { type DhtNode, PUBLIC_NODES } from "#headless-peer/discovery/dht.ts";
import { ListenError } from "#headless-peer/links/tcp-listener.ts";
import { HeadlessPeer, type PeerOptions } from "#headless-peer/peer.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { formatIp } from "#shared/base/ip.ts";
import { CommandError } from "./failure.ts";
import { type PeerFlags, usesDht } from "./flags/peer-flags.ts";
import type { Run } from "./once.ts";

/** Starts a peer. Throws a `CommandError` when it cannot listen. */
export async function startPeer(
  flags: PeerFlags,
  trackers: NamedTrackers,
  run: Run,
  wishes: Pick<PeerOptions, "peersSought"> = {},
): Promise<HeadlessPeer> {
  try {
    return await HeadlessPeer.start({
      tcp: flags.tcp
        ? { host: flags.host && formatIp(flags.host), port: flags.port, encryption: flags.encryption }
        : undefined,
      rtc: flags.rtc,
      exchange: flags.pex,
      iceServers: trackers.iceServers,
      local: flags.lsd ? { address: flags.lsdInterface ?? flags.host } : undefined,
      rates: { up: flags.rateUp, down: flags.rateDown },
      dht: usesDht(flags) ? { bootstrap: bootstrapOf(flags) } : undefined,
      trusted: trackers.trusted,
      warn: run.warn,
      ...(run.log.isLevelEnabled("fatal") && { log: run.log }),
      deviceName: flags.deviceName,
      ...wishes,
    });
  } catch (error) {
    if (error instanceof ListenError) throw new CommandError(error.message, flags.json);
    throw error;
  }
}

function bootstrapOf({ dhtBootstrap }: PeerFlags): readonly DhtNode[] {
  return dhtBootstrap.length > 0 ? dhtBootstrap : PUBLIC_NODES;
}
