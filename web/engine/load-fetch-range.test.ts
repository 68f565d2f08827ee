import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { FetchProblem } from "#shared/session/web-seed.ts";
import { fetchRangeOnceLoaded } from "./load-fetch-range.ts";

const WANTED = { url: "https://a.example/film", begin: 0, length: 4, fileBytes: 4, isTrusted: true };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A web server, asked through `fetch`. */
function serve(answer: (signal: AbortSignal) => Promise<Response>) {
  const asked = vi.fn((_url: string, { signal }: { signal: AbortSignal }) => answer(signal));
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("self", { origin: "null" });
  return asked;
}

test("a range is fetched once what fetches it is loaded", async () => {
  serve(async () => new Response(Uint8Array.of(1, 2, 3, 4), { headers: { "content-length": "4" } }));
  const arrived: number[] = [];
  const problem = await new Promise<FetchProblem | undefined>((ended) => {
    fetchRangeOnceLoaded(WANTED, { arrived: (part) => void arrived.push(...part), ended });
  });
  expect([arrived, problem]).toEqual([[1, 2, 3, 4], undefined]);
});

test("what is cancelled before that asks nobody, and what is cancelled later says nothing more", async () => {
  const asked = serve(
    (signal) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))),
  );
  const ended = vi.fn();
  fetchRangeOnceLoaded(WANTED, { arrived: () => {}, ended })();
  await import("./fetch-range.ts");
  await new Promise((resolve) => setTimeout(resolve));
  expect(asked).not.toHaveBeenCalled();

  const cancel = fetchRangeOnceLoaded(WANTED, { arrived: () => {}, ended });
  await eventually(() => expect(asked).toHaveBeenCalledOnce());
  cancel();
  await new Promise((resolve) => setTimeout(resolve));
  expect(ended).not.toHaveBeenCalled();
});
