import type { NearbyDevice, NearbyRequest, PersonId, RoomCode, WantedRoom } from "#shared/announce/nearby.ts";
import { bytesToHex } from "#shared/base/bytes.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { NodeId } from "../core/shared-swarms.ts";
import { Tally } from "../core/tally.ts";
import { NEARBY_LIMITS, type NearbyLimits } from "../limits/nearby.ts";
import { Guest, type Visitor } from "./guest.ts";
import type { NearbyNews, PeopleNews } from "./news.ts";
import { answer, carry, type NearbyNodes, offer } from "./offers.ts";
import { codeRoom, newRoomCode, Room, type RoomKey } from "./room.ts";
import { Searches } from "./searches.ts";
import { WrongCodes } from "./wrong-codes.ts";

/** What it needs. */
export interface NearbyOptions {
  readonly now: () => Millis;
  /** A source that nobody can foresee. */
  readonly random: Random;
  readonly limits?: NearbyLimits;
  /** Absent: the tracker is this process alone. */
  readonly nodes?: NearbyNodes | undefined;
}

/** Lets people on one network, or with one code, see each other and offer torrents. It keeps nothing but who is there now. */
export class Nearby {
  readonly #options: NearbyOptions;
  readonly #limits: NearbyLimits;
  readonly #nodes: NearbyNodes | undefined;
  readonly #rooms = new Map<RoomKey, Room>();
  readonly #roomOf = new Map<Guest, Room>();
  readonly #roomsBy = new Tally<string>();
  readonly #searches = new Searches();
  readonly #wrongCodes: WrongCodes;
  #retoldAt: Millis;

  constructor(options: NearbyOptions) {
    this.#options = options;
    this.#limits = options.limits ?? NEARBY_LIMITS;
    this.#nodes = options.nodes;
    this.#wrongCodes = new WrongCodes(this.#limits);
    this.#retoldAt = options.now();
  }

  /** Somebody has come. They see nobody, and nobody sees them, until they have asked for a room. */
  enter(visitor: Visitor): Guest {
    const id = bytesToHex(this.#options.random.bytes(8)) as PersonId;
    return new Guest(id, visitor, this.#limits, this.#options.now());
  }

  /** `networkRoom`: the room of their network. Undefined: the tracker cannot tell whose it is. */
  take(guest: Guest, request: NearbyRequest, networkRoom: RoomKey | undefined): void {
    const room = this.#roomOf.get(guest);
    if (request.type === "join") {
      if (!guest.hasAsked) this.#join(guest, request.room, request, networkRoom);
      return;
    }
    if (room === undefined) return; // They ask before they are in.
    const scene = { room, nodes: this.#nodes, limits: this.#limits, now: this.#options.now() };
    switch (request.type) {
      case "rename":
        room.rename(guest, request.name);
        break;
      case "offer":
        offer(scene, guest, request.to, request.share);
        break;
      case "answer":
        answer(scene, guest, request.to, request);
        break;
    }
  }

  leave(guest: Guest): void {
    guest.hasLeft = true;
    this.#roomOf.get(guest)?.remove(guest.id, this.#options.now());
    this.#roomOf.delete(guest);
  }

  /**
   * Tells everybody what has changed, and forgets what is over. To be called every `tellMillis`. Yields after each room: a full one
   * takes some milliseconds, and there may be hundreds.
   */
  *tick(): Generator<undefined, void> {
    const now = this.#options.now();
    const isRetold = now - this.#retoldAt >= this.#limits.retellMillis;
    if (isRetold) this.#retoldAt = now;
    for (const room of this.#rooms.values()) {
      room.forget(now);
      room.tellGuests();
      this.#tellNodes(room, isRetold, now);
      if (this.#isOver(room, now)) this.#drop(room);
      yield undefined;
    }
    for (const { guest, code } of this.#searches.takeOverdue(now)) this.#refuseCode(guest, code);
  }

  /** Another node tells something. */
  heard(node: NodeId, news: NearbyNews): void {
    const room = this.#rooms.get(news.room);
    const now = this.#options.now();
    switch (news.type) {
      case "people":
        return this.#heardPeople(node, news, room);
      case "seek":
        if (room !== undefined && isOpen(room, now)) this.#nodes?.tell(node, newsOf(room, false, now));
        return;
      case "carried":
        if (room !== undefined) carry({ room, nodes: this.#nodes, limits: this.#limits, now }, node, news);
    }
  }

  /** For a while nothing was heard of other nodes: they are told, and asked, once more. */
  missedNews(): void {
    for (const room of this.#rooms.values()) room.news = "ask";
  }

  #join(guest: Guest, wanted: WantedRoom, device: NearbyDevice, networkRoom: RoomKey | undefined): void {
    guest.hasAsked = true;
    guest.device = { name: device.name, kind: device.kind };
    if (wanted === "new") return this.#open(guest);
    if (wanted !== "network") return this.#joinByCode(guest, wanted);
    if (networkRoom === undefined) return guest.visitor.refuse("noNetwork");
    this.#admit(
      guest,
      this.#rooms.get(networkRoom) ?? this.#keep(new Room(networkRoom, this.#options.now())),
    );
  }

  /** Whoever has tried too many wrong codes is not told of a right one either: else they could go on guessing. */
  #joinByCode(guest: Guest, code: RoomCode): void {
    const key = codeRoom(code);
    const now = this.#options.now();
    const { network } = guest.visitor;
    // What is still looked for may turn out to be wrong.
    const underWay = this.#searches.countOf(network);
    if (!this.#searches.has(code) && !this.#wrongCodes.mayTry(network, code, underWay, now))
      return guest.visitor.refuse("tooOften");
    const room = this.#rooms.get(key);
    if (room !== undefined && isOpen(room, now)) return this.#admit(guest, room);
    if (this.#nodes === undefined) return this.#refuseCode(guest, code);
    const isNew = this.#searches.add(code, guest, millis(now + this.#limits.seekMillis));
    if (isNew) this.#nodes.tellAll({ type: "seek", room: key });
  }

  /** Also if they have left meanwhile: their guess counts. */
  #refuseCode({ visitor }: Guest, code: RoomCode): void {
    this.#wrongCodes.add(visitor.network, code, this.#options.now());
    visitor.refuse("wrongCode");
  }

  #open(guest: Guest): void {
    const { network } = guest.visitor;
    if (this.#roomsBy.of(network) >= this.#limits.maxRoomsPerNetwork) return guest.visitor.refuse("tooMany");
    const now = this.#options.now();
    const code = newRoomCode(this.#options.random);
    const opensUntil = millis(now + this.#limits.codeMillis);
    const room = this.#keep(new Room(codeRoom(code), now, { code, opensUntil, openedBy: network }));
    if (room !== undefined) this.#roomsBy.add(network);
    this.#admit(guest, room);
  }

  /** Undefined: there are too many. */
  #keep(room: Room): Room | undefined {
    if (this.#rooms.size >= this.#limits.maxRooms) return undefined;
    this.#rooms.set(room.key, room);
    return room;
  }

  #admit(guest: Guest, room: Room | undefined): void {
    if (guest.hasLeft) return;
    if (room === undefined) return guest.visitor.refuse("tooMany");
    if (room.size >= this.#limits.maxPeople) return guest.visitor.refuse("full");
    this.#roomOf.set(guest, room);
    room.add(guest);
    const { code } = room;
    const secondsLeft = secondsOf(room, this.#options.now());
    guest.visitor.tell({ type: "joined", you: guest.id, ...(code !== undefined && { code, secondsLeft }) });
  }

  #heardPeople(node: NodeId, news: PeopleNews, known: Room | undefined): void {
    const isSought = news.code !== undefined && this.#searches.has(news.code);
    const room = known ?? (isSought ? this.#roomElsewhere(news) : undefined);
    if (room === undefined) return;
    const now = this.#options.now();
    const isNews = room.hear(node, news.people, millis(now + this.#limits.believeMillis));
    if (news.asks || (isNews && room.guests.size > 0)) this.#nodes?.tell(node, newsOf(room, false, now));
    if (news.code === undefined) return;
    for (const { guest } of this.#searches.end(news.code)) this.#admit(guest, room);
  }

  /** A room that was opened at another node. */
  #roomElsewhere({ room, code, secondsLeft }: PeopleNews): Room | undefined {
    if (code === undefined) return undefined;
    const now = this.#options.now();
    const opensUntil = millis(now + Math.min(secondsLeft * 1_000, this.#limits.codeMillis));
    return this.#keep(new Room(room, now, { code, opensUntil }));
  }

  #tellNodes(room: Room, isRetold: boolean, now: Millis): void {
    const { news } = room;
    room.news = "none";
    if (this.#nodes === undefined) return;
    if (news !== "none") this.#nodes.tellAll(newsOf(room, news === "ask", now));
    else if (isRetold) for (const node of room.nodes) this.#nodes.tell(node, newsOf(room, false, now));
  }

  #isOver(room: Room, now: Millis): boolean {
    if (room.guests.size > 0) return false;
    return !isOpen(room, now) || room.code === undefined || now - room.emptySince >= this.#limits.emptyMillis;
  }

  #drop(room: Room): void {
    this.#rooms.delete(room.key);
    if (room.openedBy !== undefined) this.#roomsBy.remove(room.openedBy);
  }
}

function isOpen({ opensUntil }: Room, now: Millis): boolean {
  return opensUntil > now;
}

function secondsOf({ code, opensUntil }: Room, now: Millis): number {
  return code === undefined ? 0 : Math.max(0, Math.ceil((opensUntil - now) / 1_000));
}

function newsOf(room: Room, asks: boolean, now: Millis): NearbyNews {
  const { key, code } = room;
  return { type: "people", room: key, code, people: room.own(), asks, secondsLeft: secondsOf(room, now) };
}
