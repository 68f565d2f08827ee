import type { PeerAddress } from "#shared/announce/compact.ts";
import { isIpv6Peer } from "#shared/announce/compact.ts";
import { type InfoHash, type PeerId, parsePeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { LOADS, loadOf } from "../../core/load.ts";
import type {
  NodeId,
  SharedAddress,
  SharedSwarms,
  SwarmLook,
  SwarmRequest,
} from "../../core/shared-swarms.ts";
import type { Member, MemberKey, SocketMember } from "../../core/swarm-store.ts";
import { MAX_TRIMMED_AT_ONCE } from "../../limits/nodes.ts";
import { remoteKey } from "./inbox-message.ts";
import { parseNodeId } from "./node-list.ts";
import { type RedisLink, type RedisReply, textsOf } from "./redis-link.ts";
import { RENEW_SCRIPT, SWARM_SCRIPT, type SwarmOperation, swarmPrefix } from "./swarm-script.ts";

const MAX_RANDOM = 2 ** 30;
const [DIGIT_0, LETTER_A] = ["0".charCodeAt(0), "a".charCodeAt(0)];
/** Where the parts of an entry are; see `swarmPrefix`. */
const [SEEDING_AT, PEER_AT, NODE_AT, ADDRESS_AT] = [1, 2, 42, 58];

/** Nodes whose members with sockets cannot be reached. */
export interface LostNodes {
  /** Their sockets are closed. */
  readonly dead: ReadonlySet<NodeId>;
  /** They may come back. */
  readonly missed: ReadonlySet<NodeId>;
}

/** The swarms of all nodes, in Redis. */
export class RedisSwarms implements SharedSwarms {
  readonly #link: RedisLink;
  readonly #node: NodeId;
  readonly #lost: LostNodes;
  readonly #random: Random;

  constructor(link: RedisLink, node: NodeId, lost: LostNodes, random: Random) {
    this.#link = link;
    this.#node = node;
    this.#lost = lost;
    this.#random = random;
  }

  async ask(request: SwarmRequest): Promise<SwarmLook> {
    const { infoHash, change, sockets = 0, addresses } = request;
    const isPut = change.type === "put";
    const reply = await SWARM_SCRIPT.run(
      this.#link,
      [swarmPrefix(infoHash)],
      [
        change.type satisfies SwarmOperation,
        this.#sharedKey(isPut ? change.member.key : change.key),
        isPut ? this.#entryOf(change.member) : "",
        String(isPut ? Math.ceil(change.lifetimeMillis) : 0),
        isPut && change.hasCompleted ? "1" : "0",
        String(sockets),
        String(addresses?.count ?? 0),
        addresses?.withoutSeeders === true ? "1" : "0",
        String(addresses?.family ?? ""),
        this.#node,
        [...this.#lost.dead].join(" "),
        [...this.#lost.missed].join(" "),
        String(MAX_TRIMMED_AT_ONCE),
        String(this.#random.below(MAX_RANDOM)),
      ],
    );
    return this.#read(reply);
  }

  async renew(
    infoHash: InfoHash,
    keys: readonly MemberKey[],
    lifetimeMillis: number,
  ): Promise<readonly MemberKey[]> {
    const members = keys.map((key) => this.#sharedKey(key));
    const missing = await RENEW_SCRIPT.run(
      this.#link,
      [swarmPrefix(infoHash)],
      [String(lifetimeMillis), ...members],
    );
    return textsOf(missing).map((key) => this.#ownKey(key));
  }

  #read(reply: RedisReply): SwarmLook {
    if (!Array.isArray(reply)) throw new TypeError("the swarm script returned no list");
    const [seeders, leechers, downloaded, wasSeeding, isFirstOfNode, others, sockets, addresses, isStale] =
      reply;
    return {
      counts: { seeders: Number(seeders), leechers: Number(leechers), downloaded: Number(downloaded) },
      wasSeeding: wasSeeding === 1,
      isFirstOfNode: isFirstOfNode === 1,
      isStale: isStale === 1,
      others: textsOf(others).flatMap((text) => parseNodeId(text) ?? []),
      sockets: pairsOf(sockets, (key, entry) => readSocket(this.#ownKey(key), entry)),
      addresses: pairsOf(addresses, readAddress),
    };
  }

  /** Members with sockets have their node's name in front; those with addresses may come by any node. */
  #sharedKey(key: MemberKey): MemberKey {
    return /^\d+$/.test(key) ? remoteKey(this.#node, key) : key;
  }

  #ownKey(key: string): MemberKey {
    return (key.startsWith(`${this.#node}/`) ? key.slice(this.#node.length + 1) : key) as MemberKey;
  }

  #entryOf(member: Member): string {
    const load = loadOf(member);
    const seeding = Number(member.seeding);
    if (member.type === "socket") return `${load}${seeding}${member.peerId}${this.#node}`;
    const place = String.fromCharCode(LETTER_A + 4 * load + 2 * Number(isIpv6Peer(member.address)) + seeding);
    return `${place}${seeding}${member.peerId}${this.#node}${member.address}`;
  }
}

function readSocket(key: MemberKey, entry: string): SocketMember | undefined {
  const details = readDetails(entry, entry.charCodeAt(0) - DIGIT_0);
  return details && { type: "socket", key, ...details };
}

function readAddress(key: string, entry: string): SharedAddress | undefined {
  const details = readDetails(entry, Math.floor((entry.charCodeAt(0) - LETTER_A) / 4));
  const address = entry.slice(ADDRESS_AT) as PeerAddress;
  return details && { type: "address", key: key as MemberKey, ...details, address };
}

function readDetails(entry: string, load: number): Details | undefined {
  const peerId = parsePeerId(entry.slice(PEER_AT, NODE_AT));
  if (peerId === undefined || !(load >= 0 && load < LOADS.length)) return undefined;
  const hasFreeSlot = load === 1 ? undefined : load === 0;
  return { peerId, seeding: entry[SEEDING_AT] === "1", hasFreeSlot };
}

interface Details {
  readonly peerId: PeerId;
  readonly seeding: boolean;
  readonly hasFreeSlot: boolean | undefined;
}

/** Members and their entries. Leaves out what cannot be read. */
function pairsOf<Item>(
  reply: RedisReply | undefined,
  read: (key: string, entry: string) => Item | undefined,
): readonly Item[] {
  const texts = textsOf(reply);
  const items: Item[] = [];
  for (let at = 0; at + 1 < texts.length; at += 2) {
    const item = read(texts[at] ?? "", texts[at + 1] ?? "");
    if (item !== undefined) items.push(item);
  }
  return items;
}
