import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { formatPeerAddress } from "../peer-address.ts";
import { until } from "./link-contract.test-support.ts";
import {
  ListenError,
  listenTcp,
  type TcpListener,
  type TcpListenOptions,
  USUAL_PORTS,
} from "./tcp-listener.ts";

const HOST = "127.0.0.1";
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test("it listens on the given port; if that is in use, the error says what to do", async () => {
  const { port } = await listening({});
  expect(port).toBeGreaterThan(0);
  const again = listening({ port });
  await expect(again).rejects.toThrow(ListenError);
  await expect(again).rejects.toThrow(`Port ${port} is in use. Pass another --port`);
});

test("without a port it takes the first usual one that is free, and fails if all are in use", async () => {
  const ports: number[] = [];
  for (;;) {
    try {
      ports.push((await listening({ port: undefined })).port);
    } catch (error) {
      expect(error).toEqual(
        new ListenError("Ports 6881 to 6889 are all in use. Pass another --port, or 0 for any free one."),
      );
      break;
    }
  }
  // Another program here may listen on some of them.
  expect(ports).toEqual(USUAL_PORTS.filter((port) => ports.includes(port)));
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.length).toBeLessThanOrEqual(9);
});

test("the error for an address of another machine names it", async () => {
  const elsewhere = listening({ host: "192.0.2.1" });
  await expect(elsewhere).rejects.toThrow("This machine does not have the address 192.0.2.1.");
});

test.each([
  [undefined, "127.0.0.1"],
  [undefined, "::1"],
  ["::", "127.0.0.1"],
])("a listener at %s accepts %s, and sees its own address", async (host, from) => {
  const dialled: PeerAddress[] = [];
  const { port } = await listening({ host, accepted: (address) => dialled.push(address) });
  const socket = connect({ host: from, port, localAddress: from });
  ends.push(() => socket.destroy());
  await once(socket, "connect");
  const { localPort } = socket;
  await until(() => dialled.length > 0);
  const written = from.includes(":") ? `[${from}]` : from;
  expect(dialled.map(formatPeerAddress)).toEqual([`${written}:${localPort}`]);
});

test("it hangs up on a peer that is not accepted", async () => {
  const { port } = await listening({});
  const socket = connect({ host: HOST, port });
  socket.resume();
  await once(socket, "close");
});

test("a closed listener accepts nobody, and its port is free again", async () => {
  const first = await listening({});
  first.close();
  const other = createServer();
  await eventually(async () => {
    other.listen(first.port, HOST);
    await once(other, "listening");
  });
  other.close();
});

async function listening(options: Partial<TcpListenOptions>): Promise<TcpListener> {
  const listener = await listenTcp({ host: HOST, port: 0, accepted: () => {}, ...options });
  ends.push(() => listener.close());
  return listener;
}
