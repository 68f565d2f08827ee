import { bytesToHex } from "#shared/base/bytes.ts";
import type { Database, TabId } from "./database.ts";
import { claim, lifeOf, otherOwners } from "./lives.ts";
import { holdLife, livingOf } from "./tabs/life-lock.ts";

const STORED_ID = "tabswarm.tab";
const STORED_LEFT = "tabswarm.tab.left";
const CHANNEL = "tabswarm.tabs";

/** A tab that does not answer within this time is gone. Browsers do not slow down message events. */
const ANSWER_MILLIS = 500;

/** Messages between tabs. */
type Word =
  | { readonly type: "ask"; readonly from: string; readonly tabs: readonly string[] }
  | { readonly type: "alive"; readonly tab: string }
  | { readonly type: "taken"; readonly tab: string };

/** The tab's `sessionStorage`. It survives a reload, and a duplicated tab starts with a copy. */
type Session = Pick<Storage, "getItem" | "setItem">;

/** This tab, among all of this browser's tabs with the page. */
export interface Tab {
  readonly id: TabId;
  /** Claims its torrents once more, in a database that has lost them. */
  claimAgain(database: Database): Promise<void>;
  /** This page load, as other tabs know it. They see whether it lives once `isSeen` has resolved. */
  readonly life: string;
  readonly isSeen: Promise<void>;
  /** The person leaves the page. After this a reload may reuse the id without asking. */
  leave(): void;
}

/**
 * Finds this tab's id and adopts the torrents of closed tabs. A reload keeps the id. A duplicated tab takes a new one,
 * because the original answers for the copied id. From then on this tab answers for its own.
 *
 * A hidden tab answers as fast as a visible one. A frozen or very busy one cannot answer, but its lock says that it lives. Where
 * there are no locks, another tab adopts its torrents and tells it, and it calls `taken` when it wakes up. A page in the back-forward cache hears nothing, so it has to reload
 * when it comes back.
 */
export async function openTab(database: Database, session: Session, taken: () => void): Promise<Tab> {
  const adoption = import("./adoption.ts").catch(() => undefined); // The next page load adopts and tidies up.
  const line = new TabLine((session.getItem(STORED_ID) ?? freshName()) as TabId, taken);
  const life = freshName();
  const { held, release } = holdLife(life);
  const seen = await lifeOf(database, line.id);
  // The last page load to claim the id has left, so this is not a copy of an id in use.
  const isFree = seen === (session.getItem(STORED_LEFT) ?? undefined);
  const claimAs = async (as: string | undefined): Promise<boolean> => {
    line.isClaimed = await claim(database, line.id, as, life);
    return line.isClaimed;
  };
  if (isFree) await claimAs(seen);
  const others = await otherOwners(database, line.id);

  const alive = await line.ask([...others.map(({ tab }) => tab), ...(isFree ? [] : [line.id])]);
  const isMine = line.isClaimed || (!alive.has(line.id) && (await claimAs(seen)));
  if (!isMine) {
    line.id = freshName() as TabId;
    await claimAs(undefined);
  }
  session.setItem(STORED_ID, line.id);

  const { adopt, sweep } = (await adoption) ?? {};
  const silent = others.filter(({ tab }) => !alive.has(tab));
  const living = await livingOf(silent.map((owner) => owner.life));
  for (const owner of silent) {
    const isGone = owner.life === undefined || !living.has(owner.life);
    if (isGone && (await adopt?.(database, owner, line.id))) line.tellTaken(owner.tab);
  }
  await sweep?.(database, line.id);
  return {
    id: line.id,
    async claimAgain(fresh) {
      await claim(fresh, line.id, undefined, life);
    },
    life,
    isSeen: held,
    leave() {
      line.close();
      release();
      session.setItem(STORED_LEFT, life);
    },
  };
}

/** The channel between the tabs. */
class TabLine {
  id: TabId;
  /** While false, another tab may want the same id, and neither answers the other. */
  isClaimed = false;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #taken: () => void;
  #heardAlive: (tab: string) => void = () => {};

  constructor(id: TabId, taken: () => void) {
    this.id = id;
    this.#taken = taken;
    this.#channel.onmessage = ({ data }) => this.#hear(readWord(data));
  }

  /** The tabs that answer. Returns early once all have. */
  async ask(tabs: readonly TabId[]): Promise<Set<string>> {
    const alive = new Set<string>();
    if (tabs.length === 0) return alive;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MILLIS);
      this.#heardAlive = (tab) => {
        alive.add(tab);
        if (!tabs.every((asked) => alive.has(asked))) return;
        clearTimeout(timer);
        resolve();
      };
      this.#say({ type: "ask", from: this.id, tabs });
    });
    this.#heardAlive = () => {};
    return alive;
  }

  /** Tells an owner that was only slow to answer. */
  tellTaken(tab: TabId): void {
    this.#say({ type: "taken", tab });
  }

  close(): void {
    this.#channel.close();
  }

  #hear(word: Word | undefined): void {
    switch (word?.type) {
      case "ask":
        if (!word.tabs.includes(this.id)) return;
        if (this.isClaimed || word.from !== this.id) this.#say({ type: "alive", tab: this.id });
        return;
      case "alive":
        return this.#heardAlive(word.tab);
      case "taken":
        if (word.tab === this.id && this.isClaimed) this.#taken();
        return;
      case undefined:
    }
  }

  #say(word: Word): void {
    this.#channel.postMessage(word);
  }
}

function readWord(data: unknown): Word | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, from, tab, tabs }: Partial<Record<string, unknown>> = { ...data };
  if ((type === "alive" || type === "taken") && typeof tab === "string") return { type, tab };
  if (type !== "ask" || typeof from !== "string" || !Array.isArray(tabs)) return undefined;
  return { type, from, tabs: tabs.filter((name) => typeof name === "string") };
}

function freshName(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16))); // `randomUUID` is missing on plain http.
}
