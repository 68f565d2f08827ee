import { expect, test } from "vitest";
import { httpsOf } from "./https-settings.ts";

const PLAIN = { https: false, httpsPort: 8443, port: 8000, cert: undefined, key: undefined, data: undefined };

test("files of one's own need no data folder and switch https on, with or without --https", () => {
  for (const https of [true, false]) {
    expect(httpsOf({ ...PLAIN, https, cert: "a.crt", key: "a.key", data: "d" })).toEqual({
      port: 8443,
      certificate: { certFile: "a.crt", keyFile: "a.key" },
    });
  }
  expect(httpsOf({ ...PLAIN, https: true, data: "d" })).toEqual({ port: 8443, certificate: { folder: "d" } });
  expect(httpsOf({ ...PLAIN, data: "d" })).toBeUndefined();
});

test("two ports that are any free ones are two ports", () => {
  expect(httpsOf({ ...PLAIN, https: true, data: "d", port: 0, httpsPort: 0 })?.port).toBe(0);
});
