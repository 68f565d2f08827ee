import { useEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../engine/client.ts";
import { announcements, seenStates } from "./announcements.ts";

/** Tells screen readers what happens to the entries of the list. */
export function Announcer({ entries }: { readonly entries: readonly Entry[] }) {
  const [spoken, setSpoken] = useState("");
  const seen = useRef(seenStates(entries));
  useEffect(() => {
    const news = announcements(seen.current, entries);
    seen.current = seenStates(entries);
    if (news.length > 0) setSpoken(news.join(" "));
  }, [entries]);
  return (
    <p class="visually-hidden" role="status">
      {spoken}
    </p>
  );
}
