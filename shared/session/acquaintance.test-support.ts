import type { Handle, OfferId } from "../base/ids.ts";
import { sdpOf } from "../sim/descriptions.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { World } from "../sim/world.test-support.ts";
import { EXTENDED_HANDSHAKE_ID, encodeExtendedHandshake, OUR_INTRODUCTION_ID } from "../wire/extension.ts";
import {
  decodeIntroduction,
  encodeIntroduction,
  type IntroductionMessage,
  type OfferMessage,
  type PeersMessage,
} from "../wire/introduction.ts";

export const TORRENT = sampleTorrent({ files: [["film.bin", 2_000_000]] });

/** It looks right, and leads to nobody. */
export const SDP = sdpOf("nobody");

/** A peer of the test that takes part in introductions, and hears what the node says about them. */
export class Acquaintance extends ScriptedPeer {
  /** What it does with a message about introductions. */
  onMessage: (message: IntroductionMessage) => void = () => {};
  announces = true;

  meet(node: SimNode): this {
    this.script = {
      opened: () => {
        if (this.announces) this.announce(OUR_INTRODUCTION_ID);
        this.say({ type: "haveNone" });
        if (this.announces) this.name([], 30);
      },
      heard: (message) => {
        const said = readIntroduction(message);
        if (said !== undefined) this.onMessage(said);
      },
    };
    this.offerTo(node);
    return this;
  }

  announce(id: number): void {
    const payload = encodeExtendedHandshake({
      metadataBytes: undefined,
      maxRequestsQueued: 10,
      client: "Test 1.0",
      introduces: id === OUR_INTRODUCTION_ID,
    });
    this.say({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload });
  }

  tell(message: IntroductionMessage): void {
    this.say({ type: "extended", id: OUR_INTRODUCTION_ID, payload: encodeIntroduction(message) });
  }

  /** Asks for the first peer that it was told of. */
  askFor(offerId: OfferId): void {
    this.tell({ type: "offer", offerId, way: "to", handle: this.handles[0] as Handle, sdp: SDP });
  }

  name(handles: readonly Handle[], free = 30, you?: Handle): void {
    const added = handles.map((handle) => ({ handle, isSeed: false }));
    this.tell({ type: "peers", you, free, added, dropped: [] });
  }

  get heard(): readonly IntroductionMessage[] {
    return this.messages.flatMap((message) => readIntroduction(message) ?? []);
  }

  get peersHeard(): readonly PeersMessage[] {
    return this.heard.flatMap((message) => (message.type === "peers" ? [message] : []));
  }

  /** Every handle that it was told. */
  get handles(): readonly Handle[] {
    return this.peersHeard.flatMap(({ added }) => added.map(({ handle }) => handle));
  }
}

function readIntroduction(message: ScriptedPeer["messages"][number]): IntroductionMessage | undefined {
  if (message.type !== "extended" || message.id !== OUR_INTRODUCTION_ID) return undefined;
  return decodeIntroduction(message.payload);
}

/** A node that lacks pieces, and acquaintances that have met it. */
export async function around(count: number, isPrivate = false) {
  const world = new World();
  const torrent = isPrivate ? sampleTorrent({ files: [["film.bin", 400_000]], isPrivate }) : TORRENT;
  const node = world.node("node");
  node.add(torrent, [], { pieces: [0] });
  const peers: Acquaintance[] = [];
  for (let each = 0; each < count; each++) {
    peers.push(new Acquaintance(world, torrent).meet(node));
    if (each >= 19) await world.pass(500); // It accepts twenty offers at once, and two a second.
  }
  await world.until(() => node.view().peers.length === count);
  await world.pass(10_000);
  return { world, node, peers: peers as [Acquaintance, Acquaintance, ...Acquaintance[]] };
}

export const offerIdOf = (digit: string): OfferId => digit.repeat(40) as OfferId;

export function offersHeard(peer: Acquaintance): readonly OfferMessage[] {
  return peer.heard.flatMap((message) => (message.type === "offer" ? [message] : []));
}

export function refusals(peer: Acquaintance): readonly string[] {
  return peer.heard.flatMap((message) => (message.type === "error" ? [message.refusal] : []));
}

/** The connections that it made for introductions. */
export const describes = (node: SimNode) => node.effects.filter(({ type }) => type === "describe");
