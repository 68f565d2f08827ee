/** One server-sent event. */
export interface ServerEvent {
  /** Its name. */
  readonly event: string;
  readonly data: string;
}

/** Characters of one event: a torrent with as many files as there can be, with long paths. */
const MAX_EVENT_CHARACTERS = 200_000_000;

/**
 * Cuts a stream of server-sent events (WHATWG HTML, section 9.2) into events. It reads what daemons send: lines that end with a line
 * feed, one line of data each. What has no name or data, such as a comment, is none.
 */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #maxCharacters: number;
  #rest: string[] = [];
  #restLength = 0;
  #event = "";
  #data = "";

  constructor(maxCharacters = MAX_EVENT_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  /** The events that end in these bytes. Throws a `RangeError` if one is too long. */
  take(bytes: Uint8Array): readonly ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = this.#decoder.decode(bytes, { stream: true }).split("\n");
    const last = lines.pop() ?? "";
    for (const end of lines) {
      const event = this.#line(this.#rest.join("") + end);
      this.#rest = [];
      this.#restLength = 0;
      if (event !== undefined) events.push(event);
    }
    if (last !== "") this.#rest.push(last);
    this.#restLength += last.length;
    if (this.#restLength > this.#maxCharacters) throw new RangeError("an event is too long");
    return events;
  }

  #line(line: string): ServerEvent | undefined {
    const [, field, value = ""] = /^(event|data): ?(.*)$/s.exec(line) ?? [];
    if (field === "event") this.#event = value;
    if (field === "data") this.#data = value;
    if (line !== "") return undefined;
    const found = { event: this.#event, data: this.#data };
    this.#event = "";
    this.#data = "";
    return found.event === "" || found.data === "" ? undefined : found;
  }
}
