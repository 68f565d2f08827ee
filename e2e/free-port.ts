import { once } from "node:events";
import { createServer } from "node:net";

/** A TCP port that is free just now, for clients that cannot pick one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return address.port;
}
