import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const HASH = "00112233445566778899aabbccddeeff00112233";

test("a link cannot make the page call a service on this machine, but it can name a tracker there", async ({
  tracker,
  context,
}) => {
  const requested: string[] = [];
  const note = ({ url = "" }: IncomingMessage): void => void requested.push(url);
  const service = createServer(note).on("upgrade", note).listen(0);
  const sockets = new WebSocketServer({ server: service });
  const { port } = service.address() as AddressInfo;
  const named = ["127.0.0.1", "localhost", "[::1]", "any.localhost"].flatMap((host) =>
    ["/admin/delete?all=1", "/?all=1"].map((path) => `ws://${host}:${port}${path}`),
  );
  const link = (urls: readonly string[]): string =>
    `magnet:?xt=urn:btih:${HASH}&dn=film${urls.map((url) => `&tr=${encodeURIComponent(url)}`).join("")}`;

  const tab = await openTab(context, `${tracker.url}#${link([...named, `ws://127.0.0.1:${port}/announce`])}`);
  await expect.poll(() => requested).toContain("/announce"); // The last tracker in the link.
  expect(new Set(requested)).toEqual(new Set(["/announce"]));
  await tab.details("film", /tracker/);
  await expect(tab.entry("film")).toContainText("is in a private network");
  sockets.close();
  service.closeAllConnections();
  service.close();
});
