import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { FrameRoom } from "./frame-room.ts";
import { textFrame } from "./text-frame.ts";

test("a client reads frames of every length, one after another", async () => {
  const texts = [0, 1, 125, 126, 65_535, 65_536].map(
    (length) => "é".repeat(length / 2) + "e".repeat(length % 2),
  );
  const webSockets = new WebSocketServer({ noServer: true });
  const server = createServer().on("upgrade", (request, stream, head) => {
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      for (const text of texts) {
        const bytes = Buffer.from(text);
        stream.write(textFrame(new FrameRoom(), bytes.subarray(0, 7), bytes.subarray(7)));
      }
      socket.close(1000, "that is all");
    });
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: string[] = [];
  client.on("message", (data, isBinary) => {
    expect(isBinary).toBe(false);
    read.push(String(data));
  });
  const [code] = await once(client, "close");
  expect(code).toBe(1000);
  expect(read).toEqual(texts);
});
