import { expect, test } from "vitest";
import { ProtocolError } from "./errors.ts";

test("a protocol error has a code for programs and a message for people", () => {
  const error = new ProtocolError("tooLong", "3 bytes too many");
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.code, error.message]).toEqual(["ProtocolError", "tooLong", "3 bytes too many"]);
});
