import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import {
  type NearbyDevice,
  type NearbyMessage,
  type OfferedShare,
  type PersonId,
  parseRoomCode,
  type RoomCode,
  type WantedRoom,
} from "#shared/announce/nearby.ts";
import type { DeviceKind } from "#shared/base/device.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { formatMagnet } from "#shared/meta/magnet.ts";
import type { PickedFile, Settings } from "../client.ts";
import { beOneOfTabs } from "./one-tab.ts";
import { RoomSocket } from "./room-socket.ts";
import {
  ALONE,
  type NearbyView,
  type OfferKey,
  type OfferNearby,
  type PersonKey,
  type PersonNearby,
  type Place,
  type Sending,
} from "./view.ts";

/** What it needs of the page. */
export interface NearbyPorts {
  /** Of the tracker: `ws://host/nearby`. */
  readonly url: string;
  /** The page's address that works on other machines. Ends in a slash. */
  readonly pageUrl: string;
  readonly settings: ReadonlySignal<Settings>;
  readonly kind: DeviceKind | undefined;
  /** Shares files. Undefined: they could not be shared, and the person knows why. */
  readonly share: (files: readonly PickedFile[]) => Promise<OfferedShare | undefined>;
  /** Downloads what the person has accepted. */
  readonly accept: (infoHash: InfoHash, link: string) => void;
}

type Where = "network" | "room";

/** Offers that wait for an answer; the tracker lets no more through. */
const MAX_OFFERS = 8;

interface Waiting {
  readonly offer: OfferNearby;
  readonly where: Where;
  readonly from: PersonId;
  readonly share: OfferedShare;
}

/** What is known of one of the two rooms. */
interface Known {
  socket: RoomSocket | undefined;
  place: Place;
  people: readonly (NearbyDevice & { readonly id: PersonId })[];
}

/** People nearby: who is there, what the person sends them, and what they want to send. */
export class PageNearby {
  readonly view: Signal<NearbyView> = signal(ALONE);
  readonly #ports: NearbyPorts;
  readonly #rooms: Record<Where, Known> = { network: out(), room: out() };
  readonly #sendings = new Map<PersonKey, Sending & { readonly infoHash?: InfoHash }>();
  #offers: readonly Waiting[] = [];
  #stopClaiming: (() => void) | undefined;
  #isOurs = false;
  #name: string | undefined;

  constructor(ports: NearbyPorts) {
    this.#ports = ports;
    ports.settings.subscribe(() => this.#settingsChanged());
  }

  /** Opens a new room, or joins the one of a code as people type it. False: that is no code. */
  enterRoom(code: string | undefined): boolean {
    const wanted = code === undefined ? "new" : parseRoomCode(code);
    if (wanted === undefined) return false;
    const { place } = this.#rooms.room;
    if (place.state === "in" && place.code === wanted) return true;
    this.#leave("room");
    this.#join("room", wanted);
    return true;
  }

  leaveRoom(): void {
    this.#leave("room");
  }

  /** Shares files, and asks these people whether they want them. */
  async send(to: readonly PersonKey[], files: readonly PickedFile[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    const name = first.path.split("/")[0] ?? first.path;
    this.#tell(to, { state: "preparing", name });
    const share = await this.#ports.share(files);
    if (share === undefined) return this.#tell(to, { state: "failed", name, why: "unread" });
    for (const key of to) {
      const { where, id } = split(key);
      const isSent = this.#rooms[where].socket?.send({ type: "offer", to: id, share }) === true;
      this.#sendings.set(
        key,
        isSent
          ? { state: "asked", name: share.name, infoHash: share.infoHash }
          : { state: "failed", name: share.name, why: "gone" },
      );
    }
    this.#draw();
  }

  /** Answers an offer. An accepted one is downloaded, and whoever else offers the same hears so, too. */
  answer(key: OfferKey, isAccepted: boolean): void {
    const waiting = this.#offers.find(({ offer }) => offer.key === key);
    if (waiting === undefined) return;
    const { infoHash, name } = waiting.share;
    const answered = this.#offers.filter(
      (one) => one === waiting || (isAccepted && one.share.infoHash === infoHash),
    );
    this.#offers = this.#offers.filter((one) => !answered.includes(one));
    for (const { where, from } of answered)
      this.#rooms[where].socket?.send({ type: "answer", to: from, infoHash, isAccepted });
    if (isAccepted)
      this.#ports.accept(
        infoHash,
        formatMagnet({ infoHash, displayName: name, trackers: [], webSeeds: [], selectedFiles: undefined }),
      );
    this.#draw();
  }

  #settingsChanged(): void {
    const { isNearby, deviceName } = this.#ports.settings.value;
    const isOn = this.#stopClaiming !== undefined;
    if (isNearby && !isOn) this.#stopClaiming = beOneOfTabs((isOurs) => this.#claimed(isOurs));
    if (!isNearby && isOn) {
      this.#stopClaiming?.();
      this.#stopClaiming = undefined;
      this.#claimed(false);
    }
    if (deviceName === this.#name) return;
    this.#name = deviceName;
    for (const { socket } of Object.values(this.#rooms)) socket?.send({ type: "rename", name: deviceName });
  }

  #claimed(isOurs: boolean): void {
    if (isOurs === this.#isOurs) return;
    this.#isOurs = isOurs;
    if (isOurs) this.#join("network", "network");
    else this.#leave("network");
  }

  #join(where: Where, wanted: WantedRoom): void {
    const known = this.#rooms[where];
    known.place = { state: "joining", isAgain: false };
    const device = (): NearbyDevice => ({ name: this.#name, kind: this.#ports.kind });
    known.socket = new RoomSocket(this.#ports.url, wanted, device, {
      heard: (message) => this.#hear(where, message),
      lost: () => {
        if (known.place.state !== "refused") known.place = { state: "joining", isAgain: true };
        this.#forgetPeople(where);
      },
    });
    this.#draw();
  }

  #leave(where: Where): void {
    const known = this.#rooms[where];
    known.socket?.close();
    known.socket = undefined;
    known.place = { state: "out" };
    this.#forgetPeople(where);
  }

  /** Their ids hold for one connection only. */
  #forgetPeople(where: Where): void {
    this.#rooms[where].people = [];
    this.#offers = this.#offers.filter((waiting) => waiting.where !== where);
    for (const key of this.#sendings.keys()) if (split(key).where === where) this.#sendings.delete(key);
    this.#draw();
  }

  #hear(where: Where, message: NearbyMessage): void {
    const known = this.#rooms[where];
    switch (message.type) {
      case "joined":
        known.place = this.#placeOf(message.code, message.secondsLeft);
        break;
      case "people":
        known.people = message.people;
        this.#forgetGone(where);
        break;
      case "offer":
        this.#offered(where, message.from, message.share);
        break;
      case "answer":
        this.#settle(where, message.from, message.infoHash, (sending) => ({
          ...sending,
          state: message.isAccepted ? "accepted" : "declined",
        }));
        break;
      case "undelivered":
        this.#settle(where, message.to, message.infoHash, ({ name }) => ({
          state: "failed",
          name,
          why: message.why,
        }));
        break;
      case "refused":
        known.place = { state: "refused", why: message.why };
        break;
    }
    this.#draw();
  }

  #placeOf(code: RoomCode | undefined, secondsLeft = 0): Place {
    const link = code && `${this.#ports.pageUrl}#/nearby/${code}`;
    const opensUntil = code && Date.now() + secondsLeft * 1_000;
    return { state: "in", code, link, opensUntil };
  }

  #offered(where: Where, from: PersonId, share: OfferedShare): void {
    const key = `${where} ${from} ${share.infoHash}` as OfferKey;
    const person = this.#rooms[where].people.find(({ id }) => id === from);
    if (this.#offers.length >= MAX_OFFERS || this.#offers.some(({ offer }) => offer.key === key)) return;
    const { name, bytes, fileCount } = share;
    const offer = {
      ...{ key, name, bytes, fileCount },
      from: { name: person?.name, kind: person?.kind },
    };
    this.#offers = [...this.#offers, { offer, where, from, share }];
  }

  #settle(where: Where, from: PersonId, infoHash: InfoHash, after: (sending: Sending) => Sending): void {
    const key = keyOf(where, from);
    const sending = this.#sendings.get(key);
    if (sending?.infoHash === infoHash) this.#sendings.set(key, { ...after(sending), infoHash });
  }

  #forgetGone(where: Where): void {
    const here = new Set(this.#rooms[where].people.map(({ id }) => id));
    this.#offers = this.#offers.filter((waiting) => waiting.where !== where || here.has(waiting.from));
    for (const key of this.#sendings.keys()) {
      const one = split(key);
      if (one.where === where && !here.has(one.id)) this.#sendings.delete(key);
    }
  }

  #tell(to: readonly PersonKey[], sending: Sending): void {
    for (const key of to) this.#sendings.set(key, sending);
    this.#draw();
  }

  #draw(): void {
    const people = (["network", "room"] as const).flatMap((where) =>
      this.#rooms[where].people.map(({ id, name, kind }): PersonNearby => {
        const key = keyOf(where, id);
        return { key, name, kind, isInRoom: where === "room", sending: this.#sendings.get(key) };
      }),
    );
    const { network, room } = this.#rooms;
    this.view.value = {
      network: network.place,
      room: room.place,
      people,
      offers: this.#offers.map(({ offer }) => offer),
    };
  }
}

function out(): Known {
  return { socket: undefined, place: { state: "out" }, people: [] };
}

function keyOf(where: Where, id: PersonId): PersonKey {
  return `${where} ${id}` as PersonKey;
}

function split(key: PersonKey): { readonly where: Where; readonly id: PersonId } {
  const [where = "network", id = ""] = key.split(" ");
  return { where: where as Where, id: id as PersonId };
}
