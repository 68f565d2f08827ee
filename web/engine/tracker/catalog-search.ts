import { type ReadonlySignal, signal } from "@preact/signals-core";
import { parseApiPage, parseApiTorrent } from "#shared/announce/parse-tracker-api.ts";
import type { ApiTorrent } from "#shared/announce/tracker-api.ts";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import type { Clock } from "#shared/driver/ports.ts";
import type { CatalogList, CatalogOrder } from "../client.ts";
import { ask, type SendRequest } from "./ask.ts";

/** Somebody who types pauses for longer than this only to see something. */
export const TYPING_MILLIS = 250;

/** Entries asked for at once: more than a screen shows. */
const PART_ITEMS = 30;

/** As much of a list is asked for again. Who has seen more can ask for more. */
const MAX_PARTS_AGAIN = 10;

/** Searches the catalog as a person types. */
export class CatalogSearch {
  readonly #send: SendRequest;
  readonly #clock: Clock;
  readonly #list = signal<CatalogList>({
    text: "",
    items: [],
    hasMore: false,
    isLoading: true,
    problem: undefined,
  });
  #text = "";
  #order: CatalogOrder = "newest";
  /** How many entries the person wants to see. */
  #count = PART_ITEMS;
  #cursor: string | undefined;
  /** Counts the requests: an answer to any but the last one is out of date. */
  #latest = 0;
  #cancelWait: () => void = () => {};

  constructor(send: SendRequest, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  get list(): ReadonlySignal<CatalogList> {
    return this.#list;
  }

  search(text: string, order: CatalogOrder, count = PART_ITEMS): void {
    const isTyping = this.#latest > 0 && text !== this.#text;
    this.#text = text;
    this.#order = order;
    this.#count = count;
    if (!isTyping) return this.refresh();
    this.#supersede();
    this.#cancelWait = this.#clock.wakeAt(millis(this.#clock.now() + TYPING_MILLIS), () => this.refresh());
  }

  refresh(): void {
    this.#supersede();
    void this.#fetch([], undefined, Math.min(Math.ceil(this.#count / PART_ITEMS), MAX_PARTS_AGAIN));
  }

  more(): void {
    if (this.#list.value.isLoading || this.#cursor === undefined) return;
    this.#supersede();
    const { items } = this.#list.value;
    this.#count = items.length + PART_ITEMS;
    void this.#fetch(items, this.#cursor, 1);
  }

  /** Takes an entry that is no longer there out of the list. */
  leaveOut(infoHash: InfoHash): void {
    this.#show({ items: this.#list.value.items.filter((item) => item.infoHash !== infoHash) });
  }

  #supersede(): void {
    this.#cancelWait();
    this.#latest += 1;
    this.#show({ isLoading: true });
  }

  /** Appends so many parts to `before`, and shows them all at once. */
  async #fetch(before: readonly ApiTorrent[], from: string | undefined, parts: number): Promise<void> {
    const asked = this.#latest;
    const text = this.#text;
    let [items, cursor] = [before, from];
    for (let part = 0; part === 0 || (part < parts && cursor !== undefined); part++) {
      const query = new URLSearchParams({ q: text, sort: this.#order, limit: `${PART_ITEMS}` });
      if (cursor !== undefined) query.set("cursor", cursor);
      const told = await ask(this.#send, { method: "GET", path: `/torrents?${query}` }, (body) =>
        parseApiPage(body, parseApiTorrent),
      );
      if (asked !== this.#latest) return;
      if (!told.ok) return this.#show({ isLoading: false, problem: told.problem });
      items = withoutRepeats([...items, ...told.value.items]);
      cursor = told.value.nextCursor;
    }
    this.#cursor = cursor;
    this.#show({ text, items, hasMore: cursor !== undefined, isLoading: false, problem: undefined });
  }

  #show(change: Partial<CatalogList>): void {
    this.#list.value = { ...this.#list.value, ...change };
  }
}

/** An entry that moved down while we read the list may come twice. */
function withoutRepeats(items: readonly ApiTorrent[]): ApiTorrent[] {
  return [...new Map(items.map((item) => [item.infoHash, item])).values()];
}
