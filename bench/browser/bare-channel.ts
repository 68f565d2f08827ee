import type { Page } from "@playwright/test";
import type { Stage } from "./stage.ts";

/** How much a data channel gets at once, and when it gets more: the fastest values that we measured. */
const SENDING = { messageBytes: 65_536, lowWaterBytes: 256 * 1024, highWaterBytes: 1024 * 1024 };

type Sending = typeof SENDING & { readonly totalBytes: number };

declare global {
  var bareConnection: RTCPeerConnection | undefined;
}

/**
 * The seconds that the bytes take from one tab to another over a bare data channel: no pieces, no hashes, no storage.
 * Counted from the first step of the negotiation, as for the others.
 */
export async function sendBare({ context, newOrigin }: Stage, totalBytes: number): Promise<number> {
  const origin = await newOrigin();
  const openPage = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${origin}/empty`);
    return page;
  };
  const [sender, receiver] = [await openPage(), await openPage()];
  const startedAt = performance.now();
  const offer = await sender.evaluate(offerChannel, { ...SENDING, totalBytes });
  const answer = await receiver.evaluate(answerChannel, { offer, totalBytes });
  await sender.evaluate((sdp) => bareConnection?.setRemoteDescription({ type: "answer", sdp }), answer);
  await receiver.waitForFunction(() => document.title === "complete");
  return (performance.now() - startedAt) / 1000;
}

/** Runs in the tab. */
async function offerChannel(sending: Sending): Promise<string> {
  const connection = new RTCPeerConnection();
  globalThis.bareConnection = connection;
  const channel = connection.createDataChannel("bare");
  channel.bufferedAmountLowThreshold = sending.lowWaterBytes;
  const message = new Uint8Array(sending.messageBytes);
  let leftBytes = sending.totalBytes;
  const send = (): void => {
    while (leftBytes > 0 && channel.bufferedAmount < sending.highWaterBytes) {
      const bytes = message.subarray(0, Math.min(message.length, leftBytes));
      channel.send(bytes);
      leftBytes -= bytes.length;
    }
  };
  channel.onopen = send;
  channel.onbufferedamountlow = send;
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") {
    await new Promise((resolve) =>
      connection.addEventListener("icegatheringstatechange", resolve, { once: true }),
    );
  }
  return connection.localDescription?.sdp ?? "";
}

/** Runs in the tab. */
async function answerChannel({ offer, totalBytes }: { offer: string; totalBytes: number }): Promise<string> {
  const connection = new RTCPeerConnection();
  globalThis.bareConnection = connection;
  let leftBytes = totalBytes;
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => {
      leftBytes -= data.byteLength;
      if (leftBytes === 0) document.title = "complete";
    };
  };
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") {
    await new Promise((resolve) =>
      connection.addEventListener("icegatheringstatechange", resolve, { once: true }),
    );
  }
  return connection.localDescription?.sdp ?? "";
}
