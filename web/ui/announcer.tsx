import { useEffect, useMemo, useState } from "preact/hooks";
import type { Client, Entry } from "../engine/client.ts";
import { Announcements } from "./announcements.ts";

interface AnnouncerProps {
  readonly client: Client;
  readonly entries: readonly Entry[];
}

/** Tells screen readers what happens to the entries of the list. */
export function Announcer({ client, entries }: AnnouncerProps) {
  const [spoken, setSpoken] = useState("");
  const announcements = useMemo(() => new Announcements(), []);
  useEffect(() => {
    const isGuest = client.account.value.state === "guest";
    const news = announcements.news(entries, performance.now(), isGuest);
    if (news.length > 0) setSpoken(news.join(" "));
  }, [entries]);
  return (
    <p class="visually-hidden" role="status">
      {spoken}
    </p>
  );
}
