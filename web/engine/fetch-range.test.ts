import { afterEach, expect, test, vi } from "vitest";
import type { FetchProblem } from "#shared/session/web-seed.ts";
import { fetchRange } from "./fetch-range.ts";

afterEach(() => vi.unstubAllGlobals());

/** What a page or worker at this origin says of a web seed that it does not ask. */
function refused(origin: string, url: string): FetchProblem | undefined {
  const asked = vi.fn(() => new Promise(() => {}));
  vi.stubGlobal("self", { origin });
  vi.stubGlobal("fetch", asked);
  let problem: FetchProblem | undefined;
  const wanted = { url, begin: 0, length: 1, fileBytes: 1, isTrusted: false };
  fetchRange(wanted, {
    arrived: () => {},
    ended: (because) => {
      problem = because;
    },
  });
  expect(asked).toHaveBeenCalledTimes(problem === undefined ? 1 : 0);
  return problem;
}

test.each([
  ["https://page.example", "http://web.example/", "plain http"],
  ["https://page.example", "http://page.example/", "plain http"],
  ["https://page.example", "https://192.168.1.5/", "private network"],
  ["http://192.168.1.4:8000", "http://192.168.1.5/", "private network"],
  ["null", "http://localhost/", "private network"],
])("a page at %s does not ask %s, and says why", (origin, url, reason) => {
  expect(refused(origin, url)).toEqual({ kind: "lasting", reason: expect.stringContaining(reason) });
});

test.each([
  ["https://page.example", "https://web.example/"],
  ["http://192.168.1.5:8000", "http://192.168.1.5/"],
  ["http://192.168.1.5:8000", "http://web.example/"],
])("a page at %s asks %s", (origin, url) => {
  expect(refused(origin, url)).toBeUndefined();
});
