import { crc32 } from "node:zlib";
import { type IpAddress, isIpv6, parseIp } from "#shared/base/ip.ts";

// STUN (RFC 8489), as far as a server needs it to tell clients their address.

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;

const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const XOR_MAPPED_ADDRESS = 0x0020;
const FINGERPRINT = 0x8028;
const FINGERPRINT_BYTES = 8;
const FINGERPRINT_MASK = 0x5354554e; // "STUN"

/**
 * Comprehension-required attributes of RFC 8489 that a server without accounts knows and may ignore: MAPPED-ADDRESS,
 * USERNAME, MESSAGE-INTEGRITY, ERROR-CODE, UNKNOWN-ATTRIBUTES, REALM, NONCE, MESSAGE-INTEGRITY-SHA256,
 * PASSWORD-ALGORITHM, USERHASH, XOR-MAPPED-ADDRESS.
 */
const UNDERSTOOD = new Set([
  0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
]);

/** Whether a datagram is STUN, and not another protocol on the same port, by its magic cookie. */
export function isStun(packet: Buffer): boolean {
  return packet.length >= HEADER_BYTES && packet.readUInt32BE(4) === MAGIC_COOKIE;
}

/** The answer to a binding request from `address` and `port`. Undefined: not a request, or damaged; it gets no answer. */
export function answerBinding(packet: Buffer, address: string, port: number): Buffer | undefined {
  if (!isStun(packet) || packet.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  const request = readAttributes(packet);
  const ip = parseIp(address);
  if (request === undefined || ip === undefined || port === 0) return undefined; // Nothing can go to port 0.

  const transactionId = packet.subarray(8, HEADER_BYTES);
  const unknown = request.types.filter((type) => type < 0x8000 && !UNDERSTOOD.has(type));
  if (unknown.length > 0) {
    const attributes = [errorCode(420), unknownAttributes(unknown)];
    return writeMessage(BINDING_ERROR, transactionId, attributes, request.hasFingerprint);
  }
  const mapped = xorMappedAddress(ip, port, transactionId);
  return writeMessage(BINDING_SUCCESS, transactionId, [mapped], request.hasFingerprint);
}

interface RequestAttributes {
  readonly types: readonly number[];
  readonly hasFingerprint: boolean;
}

/** Undefined: the lengths do not add up, or the fingerprint is wrong or not last. */
function readAttributes(packet: Buffer): RequestAttributes | undefined {
  const length = packet.readUInt16BE(2);
  if (length % 4 !== 0 || length !== packet.length - HEADER_BYTES) return undefined;
  const types: number[] = [];
  let hasFingerprint = false;
  for (let at = HEADER_BYTES; at < packet.length; ) {
    if (hasFingerprint) return undefined;
    const type = packet.readUInt16BE(at);
    const valueBytes = packet.readUInt16BE(at + 2);
    const next = at + 4 + padded(valueBytes);
    if (next > packet.length) return undefined;
    if (type === FINGERPRINT) {
      if (valueBytes !== 4 || packet.readUInt32BE(at + 4) !== fingerprintOf(packet.subarray(0, at))) {
        return undefined;
      }
      hasFingerprint = true;
    }
    types.push(type);
    at = next;
  }
  return { types, hasFingerprint };
}

function writeMessage(
  type: number,
  transactionId: Buffer,
  attributes: readonly Buffer[],
  withFingerprint: boolean,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const attributeBytes = attributes.reduce((sum, attribute) => sum + attribute.length, 0);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(attributeBytes + (withFingerprint ? FINGERPRINT_BYTES : 0), 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  const message = Buffer.concat([header, ...attributes]);
  if (!withFingerprint) return message;
  const value = Buffer.alloc(4);
  value.writeUInt32BE(fingerprintOf(message));
  return Buffer.concat([message, attribute(FINGERPRINT, value)]);
}

/** Over everything before the attribute; the header's length already includes it (RFC 8489 section 14.7). */
function fingerprintOf(before: Buffer): number {
  return (crc32(before) ^ FINGERPRINT_MASK) >>> 0;
}

/** Address and port, masked so that no router mistakes them for something to rewrite (RFC 8489 section 14.2). */
function xorMappedAddress(ip: IpAddress, port: number, transactionId: Buffer): Buffer {
  const bytes = Buffer.from(ip, "latin1");
  const mask = Buffer.alloc(4 + transactionId.length);
  mask.writeUInt32BE(MAGIC_COOKIE);
  transactionId.copy(mask, 4);

  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(isIpv6(ip) ? 2 : 1, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [at, byte] of bytes.entries()) value.writeUInt8(byte ^ mask.readUInt8(at), 4 + at);
  return attribute(XOR_MAPPED_ADDRESS, value);
}

/** The reason phrase stays empty (RFC 8489 section 14.8), as the source address may be forged. */
function errorCode(code: number): Buffer {
  return attribute(ERROR_CODE, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));
}

function unknownAttributes(types: readonly number[]): Buffer {
  const value = Buffer.alloc(types.length * 2);
  for (const [at, type] of types.entries()) value.writeUInt16BE(type, at * 2);
  return attribute(UNKNOWN_ATTRIBUTES, value);
}

function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(4 + padded(value.length));
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(value.length, 2);
  value.copy(whole, 4);
  return whole;
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;
