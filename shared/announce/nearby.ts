import { type DeviceKind, deviceKindText, deviceName, readDeviceKind } from "../base/device.ts";
import { type InfoHash, parseInfoHash } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { asFields, type Fields, malformed, parseObject, readCount } from "./websocket-fields.ts";

// What a page and its tracker say to each other so that people nearby find each other: JSON over a WebSocket at `/nearby`.
// docs/protocol.md specifies it. Unknown fields are ignored.

/** Bytes of the longest message to the tracker. A name of 255 characters may be escaped. */
export const MAX_NEARBY_REQUEST_BYTES = 4 * 1024;
/** People in one room: two large classes. */
export const MAX_NEARBY_PEOPLE = 64;
/** Characters of the longest message from the tracker: a full room, every character escaped. */
const MAX_NEARBY_MESSAGE_CHARACTERS = 32 * 1024;
/** Characters of a share's name that we keep: the longest file name of the usual file systems. */
const MAX_NAME_CHARACTERS = 255;
/** Of those, how many are its end: the extension says what it is, so a long name must not hide that. */
const NAME_END_CHARACTERS = 14;

/** Names somebody for as long as they are in a room: 16 hex digits, chosen by the tracker. */
export type PersonId = string & { readonly personId: unique symbol };

/** Opens a room to whoever has it: 8 characters of Crockford's base 32, so 40 bits. */
export type RoomCode = string & { readonly roomCode: unique symbol };

/** Characters of room codes: no I, L, O and U, which people mistake or dislike. */
export const ROOM_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Characters of a room code. */
export const ROOM_CODE_LENGTH = 8;

/** What others read of somebody. */
export interface NearbyDevice {
  /** Undefined: they have named none. */
  readonly name: string | undefined;
  /** Undefined: not one of those that there are words for. */
  readonly kind: DeviceKind | undefined;
}

/** Somebody in the same room. */
export interface NearbyPerson extends NearbyDevice {
  readonly id: PersonId;
}

/** A torrent that somebody offers. Its tracker is the one that brings the offer. */
export interface OfferedShare {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly bytes: number;
  readonly fileCount: number;
}

/** The room that somebody wants to be in: the one of their network, a new one, or the one that a code opens. */
export type WantedRoom = "network" | "new" | RoomCode;

/** What a page asks. The first message is a `join`; it joins once. */
export type NearbyRequest =
  | ({ readonly type: "join"; readonly room: WantedRoom } & NearbyDevice)
  | { readonly type: "rename"; readonly name: string | undefined }
  | { readonly type: "offer"; readonly to: PersonId; readonly share: OfferedShare }
  | NearbyAnswer<"to">;

/** What became of an offer: said by the one who got it, to the one who made it. */
type NearbyAnswer<Other extends "to" | "from"> = {
  readonly type: "answer";
  readonly infoHash: InfoHash;
  readonly isAccepted: boolean;
} & { readonly [Name in Other]: PersonId };

const REFUSALS = ["noNetwork", "full", "wrongCode", "tooMany", "tooOften", "login"] as const;
const HINDRANCES = ["gone", "busy", "tooOften"] as const;

/**
 * Why nobody may join: the tracker cannot tell whose network it is, the room is full, no room has that code, there are too many
 * rooms or sockets of this network, too many codes were tried, or only people with an account may.
 */
export type NearbyRefusal = (typeof REFUSALS)[number];

/** Why an offer did not arrive: they have left, have too many to answer, or there were too many. */
export type OfferHindrance = (typeof HINDRANCES)[number];

/** What the tracker says. */
export type NearbyMessage =
  /** `secondsLeft`: for so long the code opens the room. */
  | {
      readonly type: "joined";
      readonly you: PersonId;
      readonly code?: RoomCode;
      readonly secondsLeft?: number;
    }
  /** Everybody in the room but the one who reads it. */
  | { readonly type: "people"; readonly people: readonly NearbyPerson[] }
  | { readonly type: "offer"; readonly from: PersonId; readonly share: OfferedShare }
  | NearbyAnswer<"from">
  | {
      readonly type: "undelivered";
      readonly to: PersonId;
      readonly infoHash: InfoHash;
      readonly why: OfferHindrance;
    }
  /** The tracker closes the socket after it. */
  | { readonly type: "refused"; readonly why: NearbyRefusal };

/** Encodes a message of either side. */
export function encodeNearby(message: NearbyRequest | NearbyMessage): string {
  return JSON.stringify(message, (key, value) =>
    key === "kind" && typeof value === "object" && value !== null ? deviceKindText(value) : value,
  );
}

/** Reads what a page asks. Throws a `ProtocolError` if it is malformed. */
export function parseNearbyRequest(text: string): NearbyRequest {
  const fields = parseObject(text);
  switch (fields["type"]) {
    case "join":
      return { type: "join", room: readRoom(fields["room"]), ...readDevice(fields) };
    case "rename":
      return { type: "rename", name: readDevice(fields).name };
    case "offer":
      return { type: "offer", to: readPersonId(fields["to"]), share: readShare(fields["share"]) };
    case "answer":
      return { type: "answer", to: readPersonId(fields["to"]), ...readAnswer(fields) };
    default:
      throw malformed("the type of the message is unknown");
  }
}

/** Reads what a tracker says. Throws a `ProtocolError` if it is malformed. */
export function parseNearbyMessage(text: string): NearbyMessage {
  if (text.length > MAX_NEARBY_MESSAGE_CHARACTERS) throw malformed("the message is too long");
  const fields = parseObject(text);
  switch (fields["type"]) {
    case "joined":
      return readJoined(fields);
    case "people":
      return { type: "people", people: readPeople(fields["people"]) };
    case "offer":
      return { type: "offer", from: readPersonId(fields["from"]), share: readShare(fields["share"]) };
    case "answer":
      return { type: "answer", from: readPersonId(fields["from"]), ...readAnswer(fields) };
    case "undelivered": {
      const why = HINDRANCES.find((one) => one === fields["why"]) ?? "gone";
      return { type: "undelivered", to: readPersonId(fields["to"]), infoHash: readHash(fields), why };
    }
    case "refused":
      return { type: "refused", why: REFUSALS.find((one) => one === fields["why"]) ?? "tooMany" };
    default:
      throw malformed("the type of the message is unknown");
  }
}

/** Parses a code as people type it: lower case, in groups, O for 0, I or L for 1. Returns undefined if it is not a code. */
export function parseRoomCode(text: string): RoomCode | undefined {
  if (text.length > 4 * ROOM_CODE_LENGTH) return undefined;
  const letters = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const isCode =
    letters.length === ROOM_CODE_LENGTH && [...letters].every((one) => ROOM_CODE_LETTERS.includes(one));
  return isCode ? (letters as RoomCode) : undefined;
}

/** Parses a person's id. Returns undefined if it is malformed. */
export function parsePersonId(text: string): PersonId | undefined {
  return /^[0-9a-f]{16}$/.test(text) ? (text as PersonId) : undefined;
}

function readRoom(value: unknown): WantedRoom {
  if (value === "network" || value === "new") return value;
  const code = typeof value === "string" ? parseRoomCode(value) : undefined;
  if (code === undefined) throw malformed("room must be network, new or a code");
  return code;
}

function readDevice({ name, kind }: Fields): NearbyDevice {
  return {
    name: typeof name === "string" ? deviceName(name) : undefined,
    kind: typeof kind === "string" ? readDeviceKind(kind) : undefined,
  };
}

function readPersonId(value: unknown): PersonId {
  const id = typeof value === "string" ? parsePersonId(value) : undefined;
  if (id === undefined) throw malformed("a person's id must be 16 hex digits");
  return id;
}

function readHash(fields: Fields): InfoHash {
  const { infoHash } = fields as { readonly infoHash?: unknown };
  const hash = typeof infoHash === "string" ? parseInfoHash(infoHash) : undefined;
  if (hash === undefined) throw malformed("infoHash must be 40 hex digits");
  return hash;
}

function withoutMiddle(name: string): string {
  if (name.length <= MAX_NAME_CHARACTERS) return name;
  return `${name.slice(0, MAX_NAME_CHARACTERS - NAME_END_CHARACTERS - 1)}…${name.slice(-NAME_END_CHARACTERS)}`;
}

function readShare(value: unknown): OfferedShare {
  const fields = asFields(value, "share");
  const { name, bytes, fileCount } = fields as Partial<Record<keyof OfferedShare, unknown>>;
  return {
    infoHash: readHash(fields),
    name: typeof name === "string" ? printable(withoutMiddle(name)).trim() : "",
    bytes: readCount(bytes),
    fileCount: readCount(fileCount),
  };
}

function readAnswer(fields: Fields): { readonly infoHash: InfoHash; readonly isAccepted: boolean } {
  return { infoHash: readHash(fields), isAccepted: fields["isAccepted"] === true };
}

function readJoined(fields: Fields): NearbyMessage {
  const { code: said, secondsLeft } = fields as { readonly code?: unknown; readonly secondsLeft?: unknown };
  const you = readPersonId(fields["you"]);
  const code = typeof said === "string" ? parseRoomCode(said) : undefined;
  return code === undefined
    ? { type: "joined", you }
    : { type: "joined", you, code, secondsLeft: readCount(secondsLeft) };
}

/** Those that cannot be read, and those over the limit, are left out. */
function readPeople(value: unknown): readonly NearbyPerson[] {
  if (!Array.isArray(value)) throw malformed("people must be a list");
  return value.slice(0, MAX_NEARBY_PEOPLE).flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const fields = one as Fields;
    const id = typeof fields["id"] === "string" ? parsePersonId(fields["id"]) : undefined;
    return id === undefined ? [] : [{ id, ...readDevice(fields) }];
  });
}
