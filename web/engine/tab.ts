import type { TabId } from "./database.ts";

const STORED_AS = "tabswarm.tab";
const CHANNEL = "tabswarm.tabs";

/** A tab that does not answer within this time is gone. Answers come by message events, which no browser slows down. */
const ANSWER_MILLIS = 500;

type Word =
  | { readonly type: "ask"; readonly tabs: readonly string[] }
  | { readonly type: "alive"; readonly tab: string };

/** A tab among those of this browser that have the page open. */
export interface Tab {
  readonly id: TabId;
  /** The tabs among `owners` that did not answer. */
  readonly gone: readonly TabId[];
}

/**
 * Finds out who this tab is and which of `owners` are gone. A reload keeps the tab's id; a duplicated tab, whose copied
 * id somebody else answers for, takes a new one. From then on this tab answers for its id.
 */
export async function claimTab(owners: readonly TabId[]): Promise<Tab> {
  const stored = sessionStorage.getItem(STORED_AS);
  let id = (stored ?? freshId()) as TabId;
  const channel = new BroadcastChannel(CHANNEL);
  const alive = await askAround(channel, id, stored === null ? owners : [...owners, id]);
  if (alive.has(id)) id = freshId();
  sessionStorage.setItem(STORED_AS, id);
  channel.onmessage = ({ data }) => answer(channel, id, readWord(data));
  return { id, gone: owners.filter((owner) => owner !== id && !alive.has(owner)) };
}

/** Who answers. Ends early once everybody has. */
function askAround(channel: BroadcastChannel, id: TabId, asked: readonly TabId[]): Promise<Set<string>> {
  const alive = new Set<string>();
  if (asked.length === 0) return Promise.resolve(alive);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(alive), ANSWER_MILLIS);
    channel.onmessage = ({ data }) => {
      const word = readWord(data);
      answer(channel, id, word);
      if (word?.type !== "alive") return;
      alive.add(word.tab);
      if (!asked.every((tab) => alive.has(tab))) return;
      clearTimeout(timer);
      resolve(alive);
    };
    channel.postMessage({ type: "ask", tabs: asked } satisfies Word);
  });
}

function answer(channel: BroadcastChannel, id: TabId, word: Word | undefined): void {
  if (word?.type === "ask" && word.tabs.includes(id))
    channel.postMessage({ type: "alive", tab: id } satisfies Word);
}

function readWord(data: unknown): Word | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, tab, tabs }: Partial<Record<string, unknown>> = { ...data };
  if (type === "alive" && typeof tab === "string") return { type, tab };
  if (type === "ask" && Array.isArray(tabs))
    return { type, tabs: tabs.filter((name) => typeof name === "string") };
  return undefined;
}

function freshId(): TabId {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // `randomUUID` is missing on plain http.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") as TabId;
}
