import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { guardedGet } from "./guarded-get.ts";

/** A server at all addresses of this machine. */
async function serve() {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end();
  }).listen(0);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const signal = AbortSignal.timeout(10_000);

test("neither an address nor a name leads to this machine unless it may", async () => {
  const { port, asked } = await serve();
  const hosts = ["127.0.0.1", "localhost", hostname()]; // The last one shows only by the address that it has.
  for (const host of hosts) {
    const get = guardedGet(new URL(`http://${host}:${port}/no`), { signal, mayBePrivate: () => false });
    await expect(get, host).rejects.toThrow("private network");
  }
  expect(asked).toEqual([]);
  const { response } = await guardedGet(new URL(`http://127.0.0.1:${port}/yes`), {
    signal,
    mayBePrivate: ({ pathname }) => pathname === "/yes",
  });
  response.resume();
  expect(asked).toEqual(["/yes"]);
});

test("it asks nothing but web servers", async () => {
  const get = guardedGet(new URL("file:///etc/passwd"), { signal, mayBePrivate: () => true });
  await expect(get).rejects.toThrow("not on the web");
});
