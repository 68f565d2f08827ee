import { type Buffer, isUtf8 } from "node:buffer";
import {
  type Announce,
  type Answer,
  type ClientMessage,
  type Failure,
  type Offer,
  parseAnnounceEvent,
} from "#shared/announce/announce.ts";
import { MAX_SCRAPE_HASHES } from "#shared/announce/websocket.ts";
import { isCount, malformed, TWENTY_CHARACTERS } from "#shared/announce/websocket-fields.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash, OfferId, PeerId } from "#shared/base/ids.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import { readBinaryId } from "./binary-id.ts";
import { type RawValue, scanJson } from "./json-scanner.ts";
import { ListShape, ObjectShape, type Scanned, ScannedObject } from "./json-shape.ts";

// The tracker's end of WebTorrent's protocol (see shared/announce/websocket.ts), which reads bytes and decodes only ids,
// counts and events. To read one more field, name it here and in the reader of its message.

const DESCRIPTION = new ObjectShape({ type: "raw", sdp: "raw" });
const OFFER = new ObjectShape({ offer_id: "raw", offer: DESCRIPTION });
const MESSAGE = new ObjectShape({
  action: "raw",
  info_hash: new ListShape("raw"), // A scrape may name several.
  peer_id: "raw",
  event: "raw",
  uploaded: "raw",
  downloaded: "raw",
  left: "raw",
  free_slots: "raw",
  offers: new ListShape(OFFER),
  to_peer_id: "raw",
  offer_id: "raw",
  answer: DESCRIPTION,
});

/** Decodes a client's message, or returns the failure to send back. What it returns holds views of the bytes. */
export function parseClientMessage(bytes: Buffer): ClientMessage<SdpJson> | Failure {
  const message = new MessageReader(bytes);
  try {
    return message.read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { type: "failure", ...message.subject(), reason: error.message };
  }
}

type Fields = (typeof MESSAGE)["blank"] extends () => ScannedObject<infer Name>
  ? Readonly<Record<Name, Scanned>>
  : never;

class MessageReader {
  readonly #bytes: Buffer;
  #fields: Fields = MESSAGE.blank().fields;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(): ClientMessage<SdpJson> {
    // What is relayed must be UTF-8: clients hang up otherwise.
    if (!isUtf8(this.#bytes)) throw malformed("the message is not UTF-8");
    this.#fields = fieldsOf(scanJson(this.#bytes, MESSAGE), MESSAGE, "the message");
    const { action } = this.#fields;
    if (this.#isWord(action, "scrape")) return { type: "scrape", infoHashes: this.#scrapeHashes() };
    if (!this.#isWord(action, "announce")) throw malformed("action must be announce or scrape");
    if (this.#fields.answer !== undefined) return { type: "answer", answer: this.#answer() };
    return { type: "announce", announce: this.#announce() };
  }

  /** What the message is about, as far as it says so. */
  subject(): Pick<Failure, "action" | "infoHash"> {
    const { action, info_hash } = this.#fields;
    return {
      action: this.#isWord(action, "scrape") ? "scrape" : "announce",
      infoHash: this.#id(info_hash) as InfoHash | undefined,
    };
  }

  #announce(): Announce<SdpJson> {
    const { info_hash, peer_id, event, uploaded, downloaded, left, free_slots, offers } = this.#fields;
    return {
      infoHash: this.#requiredId(info_hash, "info_hash") as InfoHash,
      peerId: this.#requiredId(peer_id, "peer_id") as PeerId,
      event: parseAnnounceEvent(event === undefined ? undefined : this.#word(event)),
      uploaded: this.#count(uploaded) ?? 0,
      downloaded: this.#count(downloaded) ?? 0,
      // WebTorrent sends null until it has a magnet's metadata.
      left: this.#count(left),
      freeSlots: this.#count(free_slots),
      offers: this.#offers(offers),
    };
  }

  #answer(): Answer<SdpJson> {
    const { info_hash, peer_id, to_peer_id, offer_id, answer } = this.#fields;
    return {
      infoHash: this.#requiredId(info_hash, "info_hash") as InfoHash,
      peerId: this.#requiredId(peer_id, "peer_id") as PeerId,
      toPeerId: this.#requiredId(to_peer_id, "to_peer_id") as PeerId,
      offerId: this.#requiredId(offer_id, "offer_id") as OfferId,
      sdp: this.#sdp(answer, "answer"),
    };
  }

  #offers(offers: Scanned): readonly Offer<SdpJson>[] {
    if (offers === undefined) return [];
    if (!isList(offers)) throw malformed("offers must be a list");
    return offers.map((item) => {
      const { offer_id, offer } = fieldsOf(item, OFFER, "an offer");
      return {
        offerId: this.#requiredId(offer_id, "offer_id") as OfferId,
        sdp: this.#sdp(offer, "offer"),
      };
    });
  }

  #sdp(value: Scanned, type: "offer" | "answer"): SdpJson {
    const { type: typeValue, sdp } = fieldsOf(value, DESCRIPTION, type);
    if (!this.#isWord(typeValue, type)) throw malformed(`the type of the ${type} must be ${type}`);
    if (!isString(sdp)) throw malformed(`the sdp of the ${type} must be text`);
    return this.#bytes.subarray(sdp.start, sdp.end) as Uint8Array as SdpJson;
  }

  #scrapeHashes(): readonly InfoHash[] {
    const { info_hash } = this.#fields;
    if (info_hash === undefined) throw malformed("a scrape must name its torrents by info_hash");
    const hashes = isList(info_hash) ? info_hash : [info_hash];
    if (hashes.length > MAX_SCRAPE_HASHES) {
      throw malformed(`a scrape may name at most ${MAX_SCRAPE_HASHES} torrents`);
    }
    return hashes.map((hash) => this.#requiredId(hash, "info_hash") as InfoHash);
  }

  #requiredId(value: Scanned, name: string): string {
    const id = this.#id(value);
    if (id === undefined) throw malformed(`${name} ${TWENTY_CHARACTERS}`);
    return id;
  }

  #id(value: Scanned): string | undefined {
    return isString(value) ? readBinaryId(this.#bytes, value) : undefined;
  }

  /** Undefined: it is not a number, or is negative, or too large for JavaScript. */
  #count(value: Scanned): number | undefined {
    if (!isRaw(value) || value.type !== "number") return undefined;
    const count = Number(this.#bytes.toString("latin1", value.start, value.end));
    return isCount(count) ? count : undefined;
  }

  #isWord(value: Scanned, word: string): boolean {
    if (!isString(value)) return false;
    if (value.end - value.start !== word.length + 2) return this.#word(value) === word;
    for (let at = 0; at < word.length; at++)
      if (this.#bytes[value.start + 1 + at] !== word.charCodeAt(at)) return false;
    return true;
  }

  /** A string that matters only if it is one of a few words. Anything but a string gives a text that is none of them. */
  #word(value: Scanned): string {
    if (!isString(value)) return "not text";
    const text = this.#bytes.toString("latin1", value.start, value.end);
    return text.includes("\\") ? JSON.parse(text) : text.slice(1, -1);
  }
}

function fieldsOf<Name extends string>(
  value: Scanned,
  shape: ObjectShape<Name>,
  what: string,
): Readonly<Record<Name, Scanned>> {
  if (value instanceof ScannedObject && value.has(shape)) return value.fields;
  throw malformed(`${what} must be an object`);
}

const isList = (value: Scanned): value is readonly Scanned[] => Array.isArray(value);

const isRaw = (value: Scanned): value is RawValue =>
  value !== undefined && !isList(value) && !(value instanceof ScannedObject);

const isString = (value: Scanned): value is RawValue => isRaw(value) && value.type === "string";
