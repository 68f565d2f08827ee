import type { LinkId } from "../base/ids.ts";
import type { Input } from "../session/effect.ts";
import type { Link, LinkEvents } from "./ports.ts";

/** The links of a session, whatever carries them: what happens to one becomes an input. */
export class Links {
  readonly #feed: (input: Input) => void;
  readonly #links = new Map<LinkId, Link>();

  constructor(feed: (input: Input) => void) {
    this.#feed = feed;
  }

  /** Starts a link under an id that the session knows. `ended` is told as well, before the session. */
  open<Kind extends Link>(link: LinkId, start: (events: LinkEvents) => Kind, ended = (): void => {}): Kind {
    const carrier = start({
      opened: () => this.#feed({ type: "linkOpened", link }),
      arrived: (bytes) => this.#feed({ type: "bytesArrived", link, bytes }),
      drained: (queuedBytes) => this.#feed({ type: "linkDrained", link, queuedBytes }),
      ended: (reason) => {
        this.#links.delete(link);
        ended();
        if (reason !== undefined) this.#feed({ type: "linkClosed", link, reason });
      },
    });
    this.#links.set(link, carrier);
    return carrier;
  }

  send(link: LinkId, bytes: Uint8Array, sent?: () => void): void {
    this.#links.get(link)?.send(bytes, sent);
  }

  close(link: LinkId): void {
    this.#links.get(link)?.close();
  }

  closeAll(): void {
    for (const link of [...this.#links.values()]) link.close();
  }
}
