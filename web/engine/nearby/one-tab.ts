/** The name of the channel, for this origin's tabs. */
const CHANNEL = "tabswarm.nearby";

/** When a tab was looked at; `id` decides between two at the same time. */
interface Claim {
  readonly at: number;
  readonly id: string;
}

/** What tabs tell each other: this one is looked at, or gone. */
type Told = Claim | "gone";

/**
 * Lets only the tab that the person looked at last be seen by others: a browser is one device. Calls `changed` with whether this tab
 * is the one. Returns a function that stops this.
 */
export function beOneOfTabs(changed: (isOurs: boolean) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const id = String(Math.random());
  const tell = (told: Told): void => channel.postMessage(told);
  let ours: Claim | undefined;
  const claim = (): void => {
    if (document.visibilityState === "hidden") return;
    ours = { at: Date.now(), id };
    tell(ours);
    changed(true);
  };
  const leave = (): void => {
    if (ours !== undefined) tell("gone");
    ours = undefined;
  };
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data === "gone") return claim(); // In a window beside it.
    // Of two that claim at once, one stays; the other may have come too late to hear of it.
    if (ours !== undefined && isLater(ours, data)) return tell(ours);
    ours = undefined;
    changed(false);
  };
  const stops = new AbortController();
  document.addEventListener("visibilitychange", claim, stops);
  window.addEventListener("focus", claim, stops);
  window.addEventListener("pagehide", leave, stops);
  claim();
  return () => {
    stops.abort();
    channel.close();
  };
}

function isLater(one: Claim, other: Claim): boolean {
  return one.at > other.at || (one.at === other.at && one.id > other.id);
}
