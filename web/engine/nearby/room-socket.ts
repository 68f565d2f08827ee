import {
  encodeNearby,
  type NearbyDevice,
  type NearbyMessage,
  type NearbyRefusal,
  type NearbyRequest,
  parseNearbyMessage,
  type WantedRoom,
} from "#shared/announce/nearby.ts";

/** Between two attempts to connect: doubles from the first to the last. */
const FIRST_RETRY_MILLIS = 1_000;
const LAST_RETRY_MILLIS = 30_000;

/** Refusals after which a later attempt may succeed: the person may log in meanwhile. */
const PASSING: ReadonlySet<NearbyRefusal> = new Set(["full", "tooMany", "tooOften", "login"]);

/** Hears what happens in a room. */
export interface RoomEvents {
  readonly heard: (message: NearbyMessage) => void;
  /** Its people are not known any more. The socket connects again by itself. */
  readonly lost: () => void;
}

/** A place in a room: connects until it is closed or refused for good, and asks for the same room again. */
export class RoomSocket {
  readonly #url: string;
  readonly #device: () => NearbyDevice;
  readonly #events: RoomEvents;
  #room: WantedRoom;
  #socket: WebSocket | undefined;
  #timer: number | undefined;
  #retryMillis = FIRST_RETRY_MILLIS;
  #isOver = false;

  constructor(url: string, room: WantedRoom, device: () => NearbyDevice, events: RoomEvents) {
    this.#url = url;
    this.#room = room;
    this.#device = device;
    this.#events = events;
    this.#connect();
  }

  /** False: there is no connection now. */
  send(request: NearbyRequest): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeNearby(request));
    return true;
  }

  /** Leaves the room. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.send({ type: "join", room: this.#room, ...this.#device() });
    socket.onmessage = ({ data }) => {
      if (!this.#isOver && typeof data === "string") this.#hear(data);
    };
    // An error is followed by a close.
    socket.onclose = () => {
      if (this.#isOver) return;
      this.#events.lost();
      this.#timer = window.setTimeout(() => this.#connect(), this.#retryMillis);
      this.#retryMillis = Math.min(2 * this.#retryMillis, LAST_RETRY_MILLIS);
    };
  }

  #hear(text: string): void {
    const message = read(text);
    if (message === undefined) return;
    if (message.type === "joined") {
      this.#retryMillis = FIRST_RETRY_MILLIS;
      if (message.code !== undefined) this.#room = message.code; // Not another new room after a lost connection.
    }
    if (message.type === "refused" && !PASSING.has(message.why)) this.close();
    this.#events.heard(message);
  }
}

/** What a newer tracker says, and we do not understand, is passed over. */
function read(text: string): NearbyMessage | undefined {
  try {
    return parseNearbyMessage(text);
  } catch {
    return undefined;
  }
}
