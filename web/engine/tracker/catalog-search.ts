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

  search(text: string, order: CatalogOrder): void {
    const isTyping = text !== this.#text;
    this.#text = text;
    this.#order = order;
    if (!isTyping) return this.refresh();
    this.#supersede();
    this.#cancelWait = this.#clock.wakeAt(millis(this.#clock.now() + TYPING_MILLIS), () => this.refresh());
  }

  refresh(): void {
    this.#supersede();
    void this.#fetch(undefined);
  }

  more(): void {
    if (this.#list.value.isLoading || this.#cursor === undefined) return;
    this.#supersede();
    void this.#fetch(this.#cursor);
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

  async #fetch(cursor: string | undefined): Promise<void> {
    const asked = this.#latest;
    const text = this.#text;
    const query = new URLSearchParams({ q: text, sort: this.#order, limit: `${PART_ITEMS}` });
    if (cursor !== undefined) query.set("cursor", cursor);
    const told = await ask(this.#send, { method: "GET", path: `/torrents?${query}` }, (body) =>
      parseApiPage(body, parseApiTorrent),
    );
    if (asked !== this.#latest) return;
    if (!told.ok) return this.#show({ isLoading: false, problem: told.problem });
    const { items, nextCursor } = told.value;
    this.#cursor = nextCursor;
    this.#show({
      text,
      items: cursor === undefined ? items : withoutRepeats([...this.#list.value.items, ...items]),
      hasMore: nextCursor !== undefined,
      isLoading: false,
      problem: undefined,
    });
  }

  #show(change: Partial<CatalogList>): void {
    this.#list.value = { ...this.#list.value, ...change };
  }
}

/** An entry that moved down while we read the list may come twice. */
function withoutRepeats(items: readonly ApiTorrent[]): ApiTorrent[] {
  return [...new Map(items.map((item) => [item.infoHash, item])).values()];
}
