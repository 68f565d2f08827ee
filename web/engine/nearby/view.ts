import type { NearbyPerson, NearbyRefusal, OfferHindrance, RoomCode } from "#shared/announce/nearby.ts";

/** Names somebody nearby for as long as they are there. */
export type PersonKey = string & { readonly personKey: unique symbol };

/** Names an offer that waits for the person's answer. */
export type OfferKey = string & { readonly offerKey: unique symbol };

/** What has become of the last thing that the person sent to somebody. */
export type Sending =
  /** The page reads the files. */
  | { readonly state: "preparing"; readonly name: string }
  | { readonly state: "asked" | "accepted" | "declined"; readonly name: string }
  | { readonly state: "failed"; readonly name: string; readonly why: OfferHindrance | "unread" };

/** Somebody nearby. */
export interface PersonNearby extends Omit<NearbyPerson, "id"> {
  readonly key: PersonKey;
  /** They are in the room that a code opened, and not on the same network. */
  readonly isInRoom: boolean;
  /** Undefined: the person has sent them nothing. */
  readonly sending: Sending | undefined;
}

/** Something that somebody nearby wants to send. */
export interface OfferNearby {
  readonly key: OfferKey;
  readonly from: Omit<NearbyPerson, "id">;
  readonly name: string;
  readonly bytes: number;
  readonly fileCount: number;
}

/** Where the person is seen. */
export type Place =
  | { readonly state: "out" }
  /** `isAgain`: the connection was lost. */
  | { readonly state: "joining"; readonly isAgain: boolean }
  | {
      readonly state: "in";
      /** Undefined: on the network. */
      readonly code: RoomCode | undefined;
      /** Where others open the page with the code. */
      readonly link: string | undefined;
      /** Until then the code lets others in. Milliseconds since 1970. */
      readonly opensUntil: number | undefined;
    }
  | { readonly state: "refused"; readonly why: NearbyRefusal };

/** All of it. */
export interface NearbyView {
  readonly network: Place;
  readonly room: Place;
  readonly people: readonly PersonNearby[];
  readonly offers: readonly OfferNearby[];
}

/** Nobody sees the person, and they see nobody. */
export const ALONE: NearbyView = {
  network: { state: "out" },
  room: { state: "out" },
  people: [],
  offers: [],
};
