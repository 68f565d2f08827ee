import {
  encodeNearby,
  type NearbyMessage,
  type NearbyPerson,
  type OfferedShare,
  type OfferHindrance,
  type PersonId,
  parseNearbyMessage,
  parsePersonId,
  type RoomCode,
} from "#shared/announce/nearby.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { MAX_NEARBY_NEWS_CHARACTERS } from "../limits/nearby.ts";
import { codeOf, parseRoomKey, type RoomKey } from "./room.ts";

/** What one node of a tracker tells another about people nearby. */
export type NearbyNews = PeopleNews | SeekNews | CarriedNews;

/** The sender's people in a room, all of them. */
export interface PeopleNews {
  readonly type: "people";
  readonly room: RoomKey;
  /** Undefined: it is the room of a network. */
  readonly code: RoomCode | undefined;
  readonly people: readonly NearbyPerson[];
  /** Whoever reads it tells theirs. */
  readonly asks: boolean;
  /** For so long the code opens the room. */
  readonly secondsLeft: number;
}

/** Somebody has a code: does its room exist? Whoever has it tells its people. */
interface SeekNews {
  readonly type: "seek";
  readonly room: RoomKey;
}

/** For somebody at the node that reads it. */
export interface CarriedNews {
  readonly type: "carried";
  readonly room: RoomKey;
  readonly to: PersonId;
  readonly message: CarriedMessage;
}

/** What people say to each other from node to node. */
export type CarriedMessage =
  | { readonly type: "offer"; readonly from: PersonId; readonly share: OfferedShare }
  | {
      readonly type: "answer";
      readonly from: PersonId;
      readonly infoHash: InfoHash;
      readonly isAccepted: boolean;
    }
  | {
      readonly type: "undelivered";
      readonly to: PersonId;
      readonly infoHash: InfoHash;
      readonly why: OfferHindrance;
    };

/** As text. The messages in it are those that pages read. */
export function encodeNews(news: NearbyNews): string {
  switch (news.type) {
    case "people": {
      const { type, room, asks, secondsLeft, people } = news;
      return JSON.stringify({
        type,
        room,
        asks,
        secondsLeft,
        said: encodeNearby({ type: "people", people }),
      });
    }
    case "seek":
      return JSON.stringify(news);
    case "carried": {
      const { type, room, to, message } = news;
      return JSON.stringify({ type, room, to, said: encodeNearby(message) });
    }
  }
}

/** Undefined: it cannot be read. */
export function parseNews(text: string): NearbyNews | undefined {
  if (text.length > MAX_NEARBY_NEWS_CHARACTERS) return undefined;
  try {
    return readNews(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function readNews(value: unknown): NearbyNews | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields: Partial<Record<"type" | "room" | "to" | "said" | "asks" | "secondsLeft", unknown>> = value;
  const room = parseRoomKey(textOf(fields.room));
  if (room === undefined) return undefined;
  if (fields.type === "seek") return { type: "seek", room };
  const said = parseNearbyMessage(textOf(fields.said));
  if (fields.type === "people" && said.type === "people") {
    const { secondsLeft } = fields;
    const seconds = typeof secondsLeft === "number" && secondsLeft > 0 ? secondsLeft : 0;
    const { people } = said;
    return {
      type: "people",
      room,
      code: codeOf(room),
      people,
      asks: fields.asks === true,
      secondsLeft: seconds,
    };
  }
  const to = parsePersonId(textOf(fields.to));
  if (fields.type !== "carried" || to === undefined || !isCarried(said)) return undefined;
  return { type: "carried", room, to, message: said };
}

/** Empty: it is something else, perhaps an object that cannot become text. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isCarried(message: NearbyMessage): message is CarriedMessage {
  return message.type === "offer" || message.type === "answer" || message.type === "undelivered";
}
