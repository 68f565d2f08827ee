import { expect, test } from "vitest";
import { parseNearbyRequest } from "./nearby.ts";

test("what somebody offers has a name of one line, of which a long one keeps its end, so that nobody hides an extension", () => {
  const named = (name: string): string => {
    const share = { infoHash: "ab".repeat(20), name, bytes: 1, fileCount: 1 };
    const request = parseNearbyRequest(JSON.stringify({ type: "offer", to: "0".repeat(16), share }));
    return request.type === "offer" ? request.share.name : "";
  };
  expect(named("\u202egpj.\n exe\0")).toBe("gpj. exe");
  expect(named(`a${"b".repeat(250)}.jpg`)).toBe(`a${"b".repeat(250)}.jpg`);
  const long = named(`photo.jpg${" x".repeat(5_000)}.exe`);
  expect(long).toMatch(/^photo\.jpg x x.*…[ x]+\.exe$/);
  expect(long.length).toBeLessThanOrEqual(255);
});
