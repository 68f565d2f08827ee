// What Node itself costs: answers every announce over HTTP or UDP with the same bytes, and prints "listening at <port>".
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** As long as a tracker's answers with fifty peers. */
const BODY = "x".repeat(420);
const CONNECTED = Buffer.alloc(16);
const ANNOUNCED = Buffer.alloc(20 + 6 * 49);
ANNOUNCED.writeUInt32BE(1);
/** A request for a connection id (BEP 15). */
const CONNECT_BYTES = 16;

const http = createServer((_, response) => {
  response
    .writeHead(200, { "content-type": "text/plain", "content-length": BODY.length })
    .end(BODY, "latin1");
});
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  const udp = createSocket("udp4");
  udp.on("message", ({ length }, from) =>
    udp.send(length === CONNECT_BYTES ? CONNECTED : ANNOUNCED, from.port, from.address),
  );
  udp.bind(port, "127.0.0.1", () => console.log(`listening at ${port}`));
});
