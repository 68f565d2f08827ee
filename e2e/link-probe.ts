/** What a page's WebRTC links did since it was loaded, measured independently of the page's own counters. */
export interface LinkTraffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly openLinks: number;
  /** For each offer and answer: from the start of gathering until it was sent to a tracker. */
  readonly gatheringMillis: readonly number[];
  /** The ICE servers of each connection. */
  readonly iceServers: readonly (readonly RTCIceServer[])[];
}

declare global {
  interface Window {
    readLinkTraffic: () => LinkTraffic;
  }
}

/** Runs in a page before its scripts. It is sent there as text, so it refers to nothing outside itself. */
export function watchLinks(): void {
  const channels: RTCDataChannel[] = [];
  const gatheringMillis: number[] = [];
  const iceServers: RTCIceServer[][] = [];
  let sentBytes = 0;
  let receivedBytes = 0;
  window.readLinkTraffic = () => {
    const openLinks = channels.filter(({ readyState }) => readyState === "open").length;
    return { sentBytes, receivedBytes, openLinks, gatheringMillis, iceServers };
  };
  const gatheringSince = new Map<string, number>();
  const ufrag = (text: string | undefined): string => /a=ice-ufrag:(\S+)/.exec(text ?? "")?.[1] ?? "";

  const adopt = (channel: RTCDataChannel): void => {
    channels.push(channel);
    channel.addEventListener("message", ({ data }) => {
      receivedBytes += data.byteLength;
    });
    const send = channel.send.bind(channel);
    const counted = (data: Uint8Array<ArrayBuffer>): void => {
      send(data);
      sentBytes += data.byteLength;
    };
    Object.defineProperty(channel, "send", { value: counted });
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config);
      iceServers.push(config?.iceServers ?? []);
      this.addEventListener("datachannel", ({ channel }) => adopt(channel));
    }
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      adopt(channel);
      return channel;
    }
    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      gatheringSince.set(ufrag(description?.sdp), performance.now());
      await super.setLocalDescription(description);
    }
  };
  const sendToTracker = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, text: string): void {
    for (const [name, since] of gatheringSince) {
      if (!text.includes(`a=ice-ufrag:${name}`)) continue;
      gatheringSince.delete(name);
      gatheringMillis.push(performance.now() - since);
    }
    sendToTracker.call(this, text);
  };
}
