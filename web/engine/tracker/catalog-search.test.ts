import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { browserClock } from "../browser-clock.ts";
import type { ApiRequest, ApiResponse } from "./ask.ts";
import { CatalogSearch, TYPING_MILLIS } from "./catalog-search.ts";

interface Sent {
  readonly query: URLSearchParams;
  readonly answer: (response: ApiResponse | undefined) => Promise<void>;
}

const sent: Sent[] = [];
const send = (request: ApiRequest): Promise<ApiResponse> =>
  new Promise((resolve, reject) => {
    sent.push({
      query: new URLSearchParams(request.path.split("?")[1]),
      answer: async (response) => {
        if (response === undefined) reject(new TypeError("no network"));
        else resolve(response);
        await vi.advanceTimersByTimeAsync(0);
      },
    });
  });

const found = (names: readonly string[], nextCursor?: string): ApiResponse => ({
  status: 200,
  body: {
    items: names.map((name) => ({
      infoHash: Buffer.from(name).toString("hex").padEnd(40, "0"),
      name,
      publishedAt: "2026-01-31T12:00:00Z",
    })),
    ...(nextCursor !== undefined && { nextCursor }),
  },
});

function take(): Sent {
  const [first] = sent.splice(0, 1);
  if (first === undefined) throw new Error("nothing was sent");
  return first;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  sent.length = 0;
});
afterEach(() => vi.useRealTimers());

const names = (search: CatalogSearch) => search.list.value.items.map(({ name }) => name);

test("a person who types sends one search, after a pause", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  await take().answer(found([]));
  for (const text of ["v", "vi", "vie"]) {
    search.search(text, "newest");
    await vi.advanceTimersByTimeAsync(TYPING_MILLIS - 10);
  }
  expect(sent).toHaveLength(0);
  expect(search.list.value.isLoading).toBe(true);
  await vi.advanceTimersByTimeAsync(10);
  const { query, answer } = take();
  expect([query.get("q"), query.get("sort")]).toEqual(["vie", "newest"]);
  await answer(found(["Việt Nam"]));
  expect(names(search)).toEqual(["Việt Nam"]);
  expect(search.list.value).toMatchObject({ text: "vie", isLoading: false, hasMore: false });
});

test("another order is asked for at once", () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  search.search("", "seeders");
  expect(sent.map(({ query }) => query.get("sort"))).toEqual(["newest", "seeders"]);
});

test("only the answer to the latest search counts, whichever comes last", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  search.search("", "name");
  const [first, second] = [take(), take()];
  await second.answer(found(["second"]));
  await first.answer(found(["first"]));
  expect(names(search)).toEqual(["second"]);
});

test("a failed search says so, keeps the list, and can be repeated", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  await take().answer(found(["a"]));
  search.refresh();
  await take().answer(undefined);
  expect(search.list.value).toMatchObject({
    isLoading: false,
    problem: expect.stringMatching(/cannot reach/),
  });
  expect(names(search)).toEqual(["a"]);
  search.refresh();
  await take().answer({ status: 503, body: { error: { code: "storeUnavailable", message: "It is away." } } });
  expect(search.list.value.problem).toBe("It is away.");
  search.refresh();
  await take().answer(found(["b"]));
  expect(search.list.value).toMatchObject({ problem: undefined, isLoading: false });
});

test("more is appended by the cursor, each entry once, and asked for once", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  search.more(); // Nothing is known to append to yet.
  await take().answer(found(["a", "b"], "next"));
  expect(search.list.value.hasMore).toBe(true);
  search.more();
  search.more();
  expect(sent).toHaveLength(1);
  const { query, answer } = take();
  expect(query.get("cursor")).toBe("next");
  await answer(found(["b", "c"]));
  expect(names(search)).toEqual(["a", "b", "c"]);
  search.more();
  expect(sent).toHaveLength(0);
});

test("a new search starts over, even while more is on its way", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest");
  await take().answer(found(["a"], "next"));
  search.more();
  search.search("z", "newest");
  await take().answer(found(["b"]));
  await vi.advanceTimersByTimeAsync(TYPING_MILLIS);
  const { query, answer } = take();
  expect(query.get("cursor")).toBeNull();
  await answer(found(["z"]));
  expect(names(search)).toEqual(["z"]);
});

test("who comes back gets as many entries as before, shown all at once, and asked for without a pause", async () => {
  const search = new CatalogSearch(send, browserClock);
  const part = (from: number) => Array.from({ length: 30 }, (_, at) => `${from + at}`);
  search.search("viet", "name", 60);
  await take().answer(found(part(100), "second"));
  expect(names(search)).toEqual([]);
  const { query, answer } = take();
  expect(query.get("cursor")).toBe("second");
  await answer(found(part(200), "third"));
  expect(names(search)).toEqual([...part(100), ...part(200)]);
  expect(search.list.value).toMatchObject({ hasMore: true, isLoading: false });
  expect(sent).toHaveLength(0);
  search.refresh();
  await take().answer(found(part(300), "second"));
  expect(names(search)).toHaveLength(60);
  await take().answer(found(part(400)));
  expect(names(search)).toEqual([...part(300), ...part(400)]);
});

test("at most 300 entries are asked for again", async () => {
  const search = new CatalogSearch(send, browserClock);
  search.search("", "newest", Number.MAX_VALUE);
  for (let from = 100; from < 400; from += 30)
    await take().answer(
      found(
        Array.from({ length: 30 }, (_, at) => `${from + at}`),
        `${from}`,
      ),
    );
  expect(sent).toHaveLength(0);
  expect(names(search)).toHaveLength(300);
});
