import {
  MAX_NEARBY_PEOPLE,
  type NearbyPerson,
  type PersonId,
  parseRoomCode,
  ROOM_CODE_LENGTH,
  ROOM_CODE_LETTERS,
  type RoomCode,
} from "#shared/announce/nearby.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { NodeId } from "../core/shared-swarms.ts";
import type { Guest } from "./guest.ts";

/** Names a room at all nodes: `network …` or `code …`. */
export type RoomKey = string & { readonly roomKey: unique symbol };

/** The room of a network, by bytes as a binary string (`lan` for that of the tracker). */
export function networkRoom(network: string): RoomKey {
  const hex = Array.from(network, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return `network ${network === "lan" ? network : hex}` as RoomKey;
}

/** The room that a code opens. */
export function codeRoom(code: RoomCode): RoomKey {
  return `code ${code}` as RoomKey;
}

/** Undefined: there is no such room. */
export function parseRoomKey(text: string): RoomKey | undefined {
  const [kind, name = "", more] = text.split(" ");
  if (more !== undefined) return undefined;
  const isKey =
    kind === "network"
      ? /^(lan|[0-9a-f]{8}|[0-9a-f]{16})$/.test(name)
      : kind === "code" && parseRoomCode(name) === name;
  return isKey ? (text as RoomKey) : undefined;
}

/** Undefined: it is the room of a network. */
export function codeOf(key: RoomKey): RoomCode | undefined {
  return key.startsWith("code ") ? parseRoomCode(key.slice("code ".length)) : undefined;
}

/** A code that nobody can foresee, if `random` is a good source. */
export function newRoomCode(random: Random): RoomCode {
  const letters = Array.from(
    { length: ROOM_CODE_LENGTH },
    () => ROOM_CODE_LETTERS[random.below(ROOM_CODE_LETTERS.length)],
  );
  return letters.join("") as RoomCode;
}

/** What another node has told of a room. */
interface Told {
  readonly people: readonly NearbyPerson[];
  /** Until then it is believed. */
  readonly until: Millis;
}

/** How a room came to be. */
interface RoomOrigin {
  readonly code?: RoomCode;
  readonly opensUntil: Millis;
  readonly openedBy?: string;
}

/** The room of a network has no code. */
const ALWAYS_OPEN: RoomOrigin = { opensUntil: millis(Number.POSITIVE_INFINITY) };

/** Who is in a room, at this node and at others. Nothing of it is ever written down. */
export class Room {
  readonly key: RoomKey;
  readonly code: RoomCode | undefined;
  /** Until then its code opens it. */
  readonly opensUntil: Millis;
  /** The network that has opened it here. Undefined: it was opened at another node, or is a network's own. */
  readonly openedBy: string | undefined;
  readonly guests = new Map<PersonId, Guest>();
  /** Since when nobody is in it at this node. */
  emptySince: Millis;
  /** Its guests have not been told yet. */
  hasChanged = false;
  /** Other nodes have not been told yet. `ask`: they are asked in turn, as this node has just begun to care. */
  news: "none" | "tell" | "ask" = "none";
  readonly #told = new Map<NodeId, Told>();

  constructor(key: RoomKey, now: Millis, { code, opensUntil, openedBy }: RoomOrigin = ALWAYS_OPEN) {
    this.key = key;
    this.code = code;
    this.opensUntil = opensUntil;
    this.openedBy = openedBy;
    this.emptySince = now;
  }

  /** How many people are in it, at all nodes. */
  get size(): number {
    let size = this.guests.size;
    for (const { people } of this.#told.values()) size += people.length;
    return size;
  }

  /** The nodes at which others are in it. */
  get nodes(): readonly NodeId[] {
    return [...this.#told.keys()];
  }

  add(guest: Guest): void {
    this.news = this.guests.size === 0 ? "ask" : "tell";
    this.guests.set(guest.id, guest);
    this.hasChanged = true;
  }

  remove(id: PersonId, now: Millis): void {
    if (!this.guests.delete(id)) return;
    this.hasChanged = true;
    this.news = "tell";
    this.emptySince = now;
  }

  rename(guest: Guest, name: string | undefined): void {
    guest.device = { ...guest.device, name };
    this.hasChanged = true;
    this.news = "tell";
  }

  /** The people at this node. */
  own(): readonly NearbyPerson[] {
    return Array.from(this.guests.values(), ({ person }) => person);
  }

  /** Everybody but one. */
  peopleFor(id: PersonId): readonly NearbyPerson[] {
    const others = Array.from(this.#told.values(), ({ people }) => people).flat();
    return [...this.own().filter((person) => person.id !== id), ...others].slice(0, MAX_NEARBY_PEOPLE);
  }

  /** The node at which somebody is. Undefined: at this one, or gone. */
  nodeOf(id: PersonId): NodeId | undefined {
    for (const [node, { people }] of this.#told) if (people.some((person) => person.id === id)) return node;
    return undefined;
  }

  /** Another node says who is in it there. Returns whether it had told nothing before. */
  hear(node: NodeId, people: readonly NearbyPerson[], until: Millis): boolean {
    const before = this.#told.get(node);
    if (people.length === 0) this.#told.delete(node);
    else this.#told.set(node, { people, until });
    this.hasChanged ||= JSON.stringify(before?.people ?? []) !== JSON.stringify(people);
    return before === undefined;
  }

  /** Forgets what other nodes have told and not repeated. */
  forget(now: Millis): void {
    for (const [node, { until }] of this.#told) {
      if (until > now) continue;
      this.#told.delete(node);
      this.hasChanged = true;
    }
  }

  /** Tells its guests who is there, if that has changed. */
  tellGuests(): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    for (const guest of this.guests.values())
      guest.visitor.tell({ type: "people", people: this.peopleFor(guest.id) });
  }
}
