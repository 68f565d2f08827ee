import type { End } from "./end.ts";

/** Sweeps after so many descriptions. */
const SWEPT = 1_024;

interface Described {
  readonly end: End;
  /** The offer that it answers. Undefined: it is an offer. */
  readonly offer: string | undefined;
}

/** Session descriptions that travel as text through other peers, and the ends that they lead to. */
export class Descriptions {
  readonly #ends = new Map<string, Described>();
  #last = 0;

  /** The description of an end: an offer, or an answer to `offer`. */
  add(end: End, offer: string | undefined): string {
    this.#last += 1;
    const name = `${this.#last}`;
    this.#ends.set(name, { end, offer: offer === undefined ? undefined : nameIn(offer) });
    if (this.#last % SWEPT === 0)
      for (const [each, described] of this.#ends)
        if (described.end.state === "closed") this.#ends.delete(each);
    return sdpOf(name);
  }

  /** The end that made this answer, if it answers the offer of this end. As over DTLS, no other fits. */
  answerTo(offered: End, answer: string): End | undefined {
    const { end, offer = "" } = this.#ends.get(nameIn(answer)) ?? {};
    return this.#ends.get(offer)?.end === offered && end?.state !== "closed" ? end : undefined;
  }
}

/** The lines that a data channel needs, with one candidate. A name that is no number leads to nobody. */
export function sdpOf(name: string): string {
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 0.0.0.0",
    "s=-",
    "t=0 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  ];
  const secrets = [`a=ice-ufrag:${name}`, "a=ice-pwd:simulated", "a=fingerprint:sha-256 00"];
  return [...lines, "a=candidate:1 1 udp 1 10.0.0.1 50000 typ host", ...secrets, ""].join("\r\n");
}

/** What names an end in a description. Empty: nothing. */
function nameIn(sdp: string): string {
  return /a=ice-ufrag:(\d+)/.exec(sdp)?.[1] ?? "";
}
