import type { LinkId } from "../base/ids.ts";
import type { Input } from "../session/input.ts";
import { Lending } from "./lending.ts";
import type { Link, LinkEvents } from "./ports.ts";

/** A session's links over any transport. Turns their events into inputs. */
export class Links {
  readonly #feed: (input: Input) => void;
  readonly #links = new Map<LinkId, Link>();
  readonly #lending = new Lending();
  #isClosed = false;

  constructor(feed: (input: Input) => void) {
    this.#feed = feed;
  }

  /** Starts a link under an id that the session knows. Calls `ended` before it tells the session. */
  open<Kind extends Link>(link: LinkId, start: (events: LinkEvents) => Kind, ended = (): void => {}): Kind {
    const carrier = start({
      opened: () => this.#feed({ type: "linkOpened", link }),
      nearby: () => this.#feed({ type: "linkFoundNearby", link }),
      encrypted: () => this.#feed({ type: "linkEncrypted", link }),
      arrived: (bytes) => this.#feed({ type: "bytesArrived", link, bytes }),
      drained: (queuedBytes) => {
        this.#lending.drained(link, queuedBytes);
        this.#feed({ type: "linkDrained", link, queuedBytes });
      },
      ended: (reason) => {
        this.#links.delete(link);
        this.#lending.ended(link);
        ended();
        if (reason !== undefined) this.#feed({ type: "linkClosed", link, reason });
      },
    });
    this.#links.set(link, carrier);
    if (this.#isClosed) carrier.close();
    return carrier;
  }

  has(link: LinkId): boolean {
    return this.#links.has(link);
  }

  send(link: LinkId, bytes: Uint8Array, sent?: () => void): void {
    const carrier = this.#links.get(link);
    if (carrier === undefined) return sent?.();
    const lent = this.#lending.lend(link, bytes);
    carrier.send(lent, lent === bytes ? sent : undefined);
    if (lent !== bytes) sent?.();
  }

  close(link: LinkId): void {
    this.#links.get(link)?.close();
  }

  /** Closes every link, also those that are started later. */
  closeAll(): void {
    this.#isClosed = true;
    for (const link of [...this.#links.values()]) link.close();
  }
}
