import { STATUS_CODES } from "node:http";
import { ProtocolError } from "#shared/base/errors.ts";

const NO_ANSWER = "it does not answer; check the address, or wait until it is back";
const NO_WAY = "this machine has no route to it; check its network connection";
const SELF_SIGNED =
  "its certificate is self-signed; if you trust it, name its file in the environment variable NODE_EXTRA_CA_CERTS";
const UNKNOWN_SIGNER =
  "its certificate is signed by an unknown authority; the tracker must send the whole chain, or NODE_EXTRA_CA_CERTS must name the authority's file";
const NO_TLS = "it does not speak TLS; try http or ws in place of https or wss";

/** Sentences for errors of sockets, names and certificates, by Node's error code. */
const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the tracker, or check its address and port",
  ENOTFOUND: "there is no host of this name; check the address",
  EAI_AGAIN: "its name cannot be looked up now; check the network connection of this machine",
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EHOSTUNREACH: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  ETIMEDOUT: NO_ANSWER,
  ABORT_ERR: NO_ANSWER,
  ECONNRESET: "it hung up without an answer; check whether its address begins with http or with https",
  CERT_HAS_EXPIRED: "its certificate has expired; its operator must renew it",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; check the clock of this machine",
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: SELF_SIGNED,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_SIGNER,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; check the address",
  EPROTO: NO_TLS,
  ERR_INVALID_URL: "it redirects to an invalid address; tell its operator",
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: "its messages are longer than a tracker's; check the address",
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
};

/** Why a tracker or another server cannot be reached, and what to do about it: words that fit after "it cannot be reached" and a colon. */
export function connectionProblem(error: unknown): string {
  if (error instanceof ProtocolError) return error.message;
  if (!(error instanceof Error)) return "the connection failed";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("HPE_"))
    return "what answers there does not speak HTTP; check the address and the port";
  return SENTENCES[code] ?? `the connection failed (${code || error.message})`;
}

/** The same for an HTTP status other than success. */
export function statusProblem(status: number): string {
  const name = STATUS_CODES[status];
  const advice = status === 404 || status === 410 ? "; check the address" : "";
  return `it answers with HTTP status ${status}${name === undefined ? "" : ` (${name})`}${advice}`;
}
