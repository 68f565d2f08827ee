import { expect, test } from "vitest";
import { keepToken, keptToken, type TokenPlace, takeToken, tokenIn } from "./token.ts";

function tab(hash: string): TokenPlace & { readonly shown: string[] } {
  const kept = new Map<string, string>();
  const shown: string[] = [];
  const session = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  return {
    ...{ shown, session: () => session, location: { hash, pathname: "/", search: "" } },
    history: { replaceState: (_, __, url) => void shown.push(String(url)) },
  };
}

const blocked: TokenPlace["session"] = () => {
  throw new DOMException("blocked", "SecurityError");
};

test("a token in the address is kept for the tab, and leaves the address", () => {
  const place = tab("#token=abc-DEF_123");
  expect(takeToken(place)).toBe("abc-DEF_123");
  expect([place.shown, keptToken(place)]).toEqual([["/"], "abc-DEF_123"]);
});

test.each(["", "#", "#/catalog", "#token=", "#token=a b", `#token=${"a".repeat(101)}`, "#magnet:?token=abc"])(
  "the address %j has no token, and stays",
  (hash) => {
    const place = tab(hash);
    expect([takeToken(place), keptToken(place), place.shown]).toEqual([undefined, undefined, []]);
  },
);

test("a browser that blocks storage keeps none, and nothing breaks", () => {
  const place = { ...tab("#token=abc"), session: blocked };
  expect([takeToken(place), keptToken(place)]).toEqual(["abc", undefined]);
  keepToken(blocked, "abc");
});

test.each([
  [" abc\n", "abc"],
  ["http://127.0.0.1:6880/#token=abc", "abc"],
  ["", undefined],
  ["two words", undefined],
])("of what a person types, %j, the token is %j", (typed, token) => {
  expect(tokenIn(typed)).toBe(token);
});
