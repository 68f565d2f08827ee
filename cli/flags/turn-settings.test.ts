import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { UsageError } from "#shared/base/errors.ts";
import { parseSecret, parseTurnUrl } from "./flags.ts";
import { turnOf } from "./turn-settings.ts";

const URLS = ["turn:turn.example.org:3478"];
const SECRET = "8d2f5b1e7c9a4036";

test("a TURN server and its secret need each other", () => {
  expect(turnOf({ turnUrl: URLS, turnSecret: SECRET })).toEqual({ urls: URLS, secret: SECRET });
  expect(turnOf({ turnUrl: [], turnSecret: undefined })).toBeUndefined();
  expect(() => turnOf({ turnUrl: URLS, turnSecret: undefined })).toThrow(UsageError);
  expect(() => turnOf({ turnUrl: [], turnSecret: SECRET })).toThrow(UsageError);
});

test.each(["turn:turn.example.org", "turn:192.0.2.1:3478?transport=tcp", "turns:[2001:db8::1]:5349"])(
  "%s is a TURN URL",
  (text) => expect(parseTurnUrl(text)).toBe(text),
);

test.each([
  "turn:",
  "turn:me:pass@host",
  "stun:host",
  "turn:host/path",
  "turn:ho st",
  "turn:host?transport=x",
])("%s is not a TURN URL", (text) => expect(() => parseTurnUrl(text)).toThrow(InvalidArgumentError));

test.each([
  "",
  "north",
  "a".repeat(64),
  "changemechangeme",
  "your-secret-goes-here",
  "openrelayprojectsecret",
])("the secret %j is refused, because others know it or can guess it", (text) =>
  expect(() => parseSecret(text)).toThrow(/openssl rand/),
);

test("a secret of one's own is taken as it is", () => expect(parseSecret(SECRET)).toBe(SECRET));
