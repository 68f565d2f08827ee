import { Buffer } from "node:buffer";
import type { RelayedSdp, TrackerMessage } from "#shared/announce/announce.ts";
import { trackerFields } from "#shared/announce/websocket.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import { MAX_ID_JSON_BYTES, writeBinaryId } from "./binary-id.ts";
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

/** Encodes a tracker's message as the bytes of a WebSocket frame. */
export function encodeTrackerMessage(message: TrackerMessage<SdpJson>): Buffer {
  switch (message.type) {
    case "offer":
    case "answer":
      return encodeRelayed(message);
    case "announceReply":
    case "scrapeReply":
    case "failure":
      return textFrame(Buffer.from(JSON.stringify(trackerFields(message))));
  }
}

function encodeRelayed({ type, infoHash, peerId, offerId, sdp }: RelayedSdp<SdpJson>): Buffer {
  let at = write(0, START);
  at = writeBinaryId(head, at, infoHash);
  at = write(at, PEER_ID);
  at = writeBinaryId(head, at, peerId);
  at = write(at, OFFER_ID);
  at = writeBinaryId(head, at, offerId);
  at = write(at, SDP[type]);
  return textFrame(head.subarray(0, at), sdp, END);
}

function write(at: number, bytes: Buffer): number {
  head.set(bytes, at);
  return at + bytes.length;
}
