import { Buffer } from "node:buffer";
import type { RelayedSdp, TrackerMessage } from "#shared/announce/announce.ts";
import { trackerFields } from "#shared/announce/websocket.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import { MAX_ID_JSON_BYTES, writeBinaryId } from "./binary-id.ts";
import type { FrameRoom } from "./frame-room.ts";
import { textFrame } from "./text-frame.ts";

const START = Buffer.from('{"action":"announce","info_hash":');
const PEER_ID = Buffer.from(',"peer_id":');
const OFFER_ID = Buffer.from(',"offer_id":');
const SDP = {
  offer: Buffer.from(',"offer":{"type":"offer","sdp":'),
  answer: Buffer.from(',"answer":{"type":"answer","sdp":'),
};
const END = Buffer.from("}}");

/** Holds the part of a relayed message before its session description. */
const head = Buffer.alloc(
  START.length + PEER_ID.length + OFFER_ID.length + SDP.answer.length + 3 * MAX_ID_JSON_BYTES,
);

/** Encodes a tracker's message as the bytes of a WebSocket frame, which lie in the room. */
export function encodeTrackerMessage(message: TrackerMessage<SdpJson>, room: FrameRoom): Buffer {
  switch (message.type) {
    case "offer":
    case "answer":
      return encodeRelayed(message, room);
    case "announceReply":
    case "scrapeReply":
    case "failure":
      return textFrame(room, Buffer.from(JSON.stringify(trackerFields(message))));
  }
}

function encodeRelayed(
  { type, infoHash, peerId, offerId, sdp }: RelayedSdp<SdpJson>,
  room: FrameRoom,
): Buffer {
  let at = write(0, START);
  at = writeBinaryId(head, at, infoHash);
  at = write(at, PEER_ID);
  at = writeBinaryId(head, at, peerId);
  at = write(at, OFFER_ID);
  at = writeBinaryId(head, at, offerId);
  at = write(at, SDP[type]);
  return textFrame(room, head.subarray(0, at), sdp, END);
}

function write(at: number, bytes: Buffer): number {
  head.set(bytes, at);
  return at + bytes.length;
}
