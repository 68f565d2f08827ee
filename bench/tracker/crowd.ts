import { Buffer } from "node:buffer";

/** Peers of a torrent. */
export const SWARM_PEERS = 50;
/** Offers of an announce, as WebTorrent makes them. */
export const OFFERS = 5;
/** What a load prints when it announces at its pace. */
export const PACING = "pacing";
/** Bytes of an offer or answer as it travels. */
const SDP_JSON_BYTES = 1_500;

/** A peer, with the bytes that it sends. */
export interface CrowdPeer {
  /** The text of its announce, in JSON. */
  readonly announce: Buffer;
  /** Its answer up to the offer's ids, which follow: `"to_peer_id":…` and `"offer_id":…`. */
  readonly answerStart: Buffer;
}

const SDP = JSON.stringify(
  [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    ...Array.from(
      { length: 40 },
      (_, at) => `a=candidate:${at} 1 udp 2113937151 192.0.2.${at} 54400 typ host`,
    ),
  ]
    .join("\r\n")
    .slice(0, 1_400),
);
const PADDED_SDP = SDP.replace(/"$/, `${"x".repeat(SDP_JSON_BYTES - SDP.length - 26)}"`);

/** What follows an answer's ids. */
export const ANSWER_END = Buffer.from(`,"answer":{"type":"answer","sdp":${PADDED_SDP}}}`);

/**
 * The peers of many torrents, from the one with number `from`. Their ids are random, as real ones are, so their JSON holds escapes and
 * non-ASCII characters.
 */
export function makeCrowd(from: number, size: number, offers: number): CrowdPeer[] {
  return Array.from({ length: size }, (_, index) => {
    const at = from + index;
    const infoHash = JSON.stringify(infoHashOf(at));
    const peerId = JSON.stringify(peerIdOf(at));
    const offerOf = (number: number): string =>
      `{"offer":{"type":"offer","sdp":${PADDED_SDP}},"offer_id":${JSON.stringify(randomId(1e6 + at * OFFERS + number))}}`;
    const offerList = Array.from({ length: offers }, (_, number) => offerOf(number)).join(",");
    const start = `{"action":"announce","info_hash":${infoHash},"peer_id":${peerId}`;
    const counts = `,"numwant":${offers},"uploaded":0,"downloaded":0,"left":${at % 3 === 0 ? 0 : 1_000_000}`;
    const announce = `${start}${counts},"event":"update"${offers > 0 ? `,"offers":[${offerList}]` : ""}}`;
    return { announce: Buffer.from(announce), answerStart: Buffer.from(start) };
  });
}

/** The info-hash of a peer's torrent, as a binary string. Neighbours share a torrent. */
export function infoHashOf(peer: number): string {
  return randomId(Math.floor(peer / SWARM_PEERS));
}

/** A peer id as a binary string. Most clients' ids are plain text. */
export function peerIdOf(peer: number): string {
  return `-WW0207-${String(peer).padStart(12, "0")}`;
}

/** Twenty bytes that look random: the same for the same number. */
function randomId(number: number): string {
  let state = (number + 1) * 2_654_435_761;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x9e3779b9) | 0;
    return (state >>> 11) & 0xff;
  };
  return String.fromCharCode(...Array.from({ length: 20 }, next));
}
