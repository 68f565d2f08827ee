import { decodeBencode, isDict } from "../base/bencode.ts";
import { binaryStringToHex, bytesToBinaryString } from "../base/bytes.ts";
import { type InfoHash, idBytes } from "../base/ids.ts";
import type { Failure, ScrapeReply } from "./announce.ts";
import { percentEncode } from "./http-query.ts";

// The client side of scraping. Our own client reads the counts in announce replies instead.

/** Encodes a scrape over WebSocket. */
export function encodeScrape(infoHashes: readonly InfoHash[]): string {
  return JSON.stringify({ action: "scrape", info_hash: infoHashes.map(binary) });
}

/** Encodes the query of a scrape over HTTP (BEP 48). */
export function scrapeQuery(infoHashes: readonly InfoHash[]): string {
  return infoHashes.map((infoHash) => `info_hash=${percentEncode(binary(infoHash))}`).join("&");
}

/** Decodes our tracker's reply to a scrape over HTTP. */
export function readScrapeReply(body: Uint8Array): ScrapeReply | Failure {
  const reply = decodeBencode(body);
  if (!isDict(reply)) throw new Error("the reply is not a dictionary");
  const reason = reply.get("failure reason");
  if (reason !== undefined)
    return { type: "failure", action: "scrape", infoHash: undefined, reason: String(reason) };
  const files = reply.get("files");
  const swarms = [...(isDict(files) ? files : [])].map(([infoHash, counts]) => {
    const count = (name: string): number => Number(isDict(counts) ? counts.get(name) : Number.NaN);
    return [
      binaryStringToHex(infoHash) as InfoHash,
      { seeders: count("complete"), leechers: count("incomplete"), downloaded: count("downloaded") },
    ] as const;
  });
  return { type: "scrapeReply", swarms: new Map(swarms) };
}

const binary = (infoHash: InfoHash): string => bytesToBinaryString(idBytes(infoHash));
