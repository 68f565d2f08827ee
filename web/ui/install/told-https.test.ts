import { expect, test } from "vitest";
import { mayTellOfHttps } from "./told-https.ts";

function newStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("what https adds is said once, on plain http, where the browser remembers that it was", () => {
  const storage = newStorage();
  expect(mayTellOfHttps(true, () => storage)).toBe(false);
  expect(mayTellOfHttps(false, () => storage)).toBe(true);
  expect(mayTellOfHttps(false, () => storage)).toBe(false);
  const blocked = (): never => {
    throw new DOMException("blocked", "SecurityError");
  };
  expect(mayTellOfHttps(false, blocked)).toBe(false);
});
