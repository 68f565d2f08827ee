/** What a page's WebRTC links did since it was loaded, measured independently of the page's own counters. */
export interface LinkTraffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly openLinks: number;
  /** For each offer and answer: from the start of gathering until the page sent it on, to its worker or to a tracker. */
  readonly gatheringMillis: readonly number[];
  /** The ICE servers of each connection. */
  readonly iceServers: readonly (readonly RTCIceServer[])[];
}

declare global {
  interface Window {
    readLinkTraffic: () => Promise<LinkTraffic>;
  }
}

/** Runs in a page before its scripts. It is sent there as text, so it refers to nothing outside itself. */
export function watchLinks(): void {
  type Counts = Pick<LinkTraffic, "sentBytes" | "receivedBytes" | "openLinks">;

  /** Runs on the page and, as text, in its workers: counts what goes over the data channels there. */
  function watchChannels(): { adopt: (channel: RTCDataChannel) => void; read: () => Counts } {
    const channels: RTCDataChannel[] = [];
    let sentBytes = 0;
    let receivedBytes = 0;
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
    const read = (): Counts => {
      const openLinks = channels.filter(({ readyState }) => readyState === "open").length;
      return { sentBytes, receivedBytes, openLinks };
    };
    return { adopt, read };
  }

  /** Runs in a worker, as text. It says what it has counted whenever somebody asks on the channel. */
  function answerCounts(watched: ReturnType<typeof watchChannels>, name: string): void {
    const asked = new BroadcastChannel(name);
    asked.onmessage = () => asked.postMessage(watched.read());
    addEventListener("message", ({ data }) => {
      if (data.channel instanceof RTCDataChannel) watched.adopt(data.channel);
    });
  }

  const here = watchChannels();
  const name = String(Math.random());
  let isWorking = false;
  const countsOfWorker = (): Promise<Counts> =>
    new Promise((resolve) => {
      if (!isWorking) return resolve({ sentBytes: 0, receivedBytes: 0, openLinks: 0 });
      const ask = new BroadcastChannel(name);
      ask.onmessage = ({ data }) => {
        ask.close();
        resolve(data);
      };
      ask.postMessage(undefined);
    });
  const gatheringMillis: number[] = [];
  const iceServers: RTCIceServer[][] = [];
  window.readLinkTraffic = async () => {
    const [ours, its] = [here.read(), await countsOfWorker()];
    return {
      sentBytes: ours.sentBytes + its.sentBytes,
      receivedBytes: ours.receivedBytes + its.receivedBytes,
      openLinks: ours.openLinks + its.openLinks,
      gatheringMillis,
      iceServers,
    };
  };
  const gatheringSince = new Map<string, number>();
  const ufrag = (text: string | undefined): string => /a=ice-ufrag:(\S+)/.exec(text ?? "")?.[1] ?? "";
  const sentOn = (text: string): void => {
    for (const [name, since] of gatheringSince) {
      if (!text.includes(`a=ice-ufrag:${name}`)) continue;
      gatheringSince.delete(name);
      gatheringMillis.push(performance.now() - since);
    }
  };

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config);
      iceServers.push(config?.iceServers ?? []);
      this.addEventListener("datachannel", ({ channel }) => here.adopt(channel));
    }
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      here.adopt(channel);
      return channel;
    }
    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      gatheringSince.set(ufrag(description?.sdp), performance.now());
      await super.setLocalDescription(description);
    }
  };
  const sendToTracker = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, text: string): void {
    sentOn(text);
    sendToTracker.call(this, text);
  };
  if (typeof Worker !== "function") return;
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const probe = `(${answerCounts})((${watchChannels})(), ${JSON.stringify(name)});`;
      const code = `${probe} await import(${JSON.stringify(String(url))});`;
      super(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), options);
      isWorking = true;
    }
    override postMessage(message: unknown, given?: Transferable[] | StructuredSerializeOptions): void {
      const { description } = Object(message);
      if (typeof description?.sdp === "string") sentOn(description.sdp);
      super.postMessage(message, given as Transferable[]);
    }
  };
}
