import { enter, socketMember } from "#signal-tracker/core/tracker.ts";
import type { InfoHash, OfferId, PeerId } from "../base/ids.ts";
import type { End } from "./end.ts";
import {
  type AnnounceEffect,
  type AnswerEffect,
  type Member,
  type Times,
  SimTracker as Tracker,
} from "./tracker.ts";

/** A tracker that scripted peers use, too. */
export class SimTracker extends Tracker {
  /** Seconds between announces, as it tells peers: the same over every transport. */
  intervalSeconds = 120;
  minIntervalSeconds: number | undefined;
  /** Announces received, in order. */
  readonly heard: AnnounceEffect[] = [];
  readonly #scripted = new Map<OfferId, End>();

  /** Relays an offer to one peer, whoever makes it. */
  offer(to: Member, infoHash: InfoHash, peerId: PeerId, offerId: OfferId, end: End): void {
    this.#scripted.set(offerId, end);
    this.say(to, { type: "offerArrived", tracker: this.url, infoHash, peerId, offerId, sdp: "offer" });
  }

  override answer(member: Member, effect: AnswerEffect, end: End): void {
    const offered = this.#scripted.get(effect.offerId);
    if (offered === undefined) return super.answer(member, effect, end);
    this.#scripted.delete(effect.offerId);
    this.connectSoon(offered, end);
  }

  /** Adds a peer to the swarm without an announce. */
  join(member: Member, infoHash: InfoHash, peerId: PeerId, isSeeding: boolean): void {
    const said = { uploaded: 0, downloaded: 0, left: isSeeding ? 0 : 1, offers: [] };
    const request = { infoHash, peerId, event: "started" as const, ...said };
    enter(this.core.store, infoHash, socketMember(this.keyOf(member), request), "started");
  }

  protected override timesOf(): Times {
    return { intervalSeconds: this.intervalSeconds, minIntervalSeconds: this.minIntervalSeconds };
  }

  protected override announced(member: Member, effect: AnnounceEffect, ends: readonly End[]): void {
    this.heard.push(effect);
    super.announced(member, effect, ends);
  }
}
