import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Client, Entry } from "../../engine/client.ts";
import { Announcer } from "../announcer.tsx";
import { setTitle } from "../title.ts";
import { Done } from "./done.ts";
import { doneTitle } from "./done-texts.ts";
import { tabIcon } from "./icon.ts";
import { askBeforeLeaving } from "./leaving.ts";
import { canNotify, notifyDone } from "./notification.ts";
import { progressOf, progressTitle } from "./progress.ts";
import { isMoving, keepScreenOn } from "./screen.ts";

// Fetched now, as the page's server may be gone when there is a message. Without them a message only stays in its place.
for (const code of [import("../notices/leaving.ts"), import("../notices/keep-off.ts")]) code.catch(() => {});

interface TabWatchProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
}

/** What the page does outside itself: the tab's title and icon, notifications, the screen, and the question before it closes. */
export function TabWatch({ client, entries }: TabWatchProps) {
  const goesOnAlone = client.daemon !== undefined;
  useEffect(() => (goesOnAlone ? undefined : askBeforeLeaving(() => client.entries.value)), [client]);
  const keep = useMemo(() => keepScreenOn(goesOnAlone ? undefined : navigator.wakeLock), []);
  useEffect(() => keep(entries.some(isMoving)), [entries]);
  useMarks(client, entries);
  return <Announcer client={client} entries={entries} />;
}

/** Marks downloads that are done or on their way, and saves them as they become complete if the person wants that. */
function useMarks(client: Client, entries: readonly Entry[]): void {
  const latest = useRef(entries);
  latest.current = entries;
  const marks = useMemo(() => newMarks(client, entries), [client]);
  useEffect(() => marks.show(entries), [entries]);
  useEffect(() => {
    const turn = (): void => marks.turn(latest.current);
    document.addEventListener("visibilitychange", turn);
    return () => document.removeEventListener("visibilitychange", turn);
  }, []);
}

function newMarks(client: Client, entries: readonly Entry[]) {
  const done = new Done(entries);
  const showIcon = tabIcon(document.querySelector<HTMLLinkElement>('link[rel="icon"]'));
  let takeBack = (): void => {};
  const draw = (now: readonly Entry[]): void => {
    setTitle("progress", progressTitle(now));
    setTitle("done", doneTitle(done.names));
    showIcon(progressOf(now) ?? (done.names.length > 0 ? "done" : "logo"));
  };
  return {
    show(now: readonly Entry[]): void {
      const fresh = done.take(now, !document.hidden);
      const { savesWhenComplete, notifies } = client.settings.value;
      if (savesWhenComplete) for (const { key, isSaved } of fresh) if (!isSaved) client.save(key);
      if (fresh.length > 0 && document.hidden && notifies && canNotify()) takeBack = notifyDone(done.names);
      draw(now);
    },
    turn(now: readonly Entry[]): void {
      done.turned(!document.hidden);
      if (!document.hidden) takeBack();
      draw(now);
    },
  };
}
