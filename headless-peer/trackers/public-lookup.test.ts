import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { lookUpPublic } from "./public-lookup.ts";

test("it does not connect to a name that leads into a private network", async () => {
  const heard = vi.fn();
  const server = createServer(heard).listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const refused = connect({ host: "localhost", port, lookup: lookUpPublic });
  await expect(once(refused, "connect")).rejects.toThrow("private network");
  const connected = connect({ host: "localhost", port });
  await once(connected, "connect");
  connected.destroy();
  server.close();
  await once(server, "close");
  expect(heard).toHaveBeenCalledOnce();
});
