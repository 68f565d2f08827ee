import { useState } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { askToNotify, canNotify } from "./notification.ts";

/** Asks whether to notify the person once downloads are complete. Nothing where the browser cannot. */
export function NoticeChoice({ client }: { readonly client: Client }) {
  const { notifies } = useSignalValue(client.settings);
  const [isPossible] = useState(canNotify); // Some browsers tell only if a page tries.
  const [isRefused, setRefused] = useState(false);
  if (!isPossible) return null;
  const choose = async (isWanted: boolean): Promise<void> => {
    client.changeSettings({ notifies: isWanted });
    const isRefused = isWanted && !(await askToNotify());
    if (isRefused) client.changeSettings({ notifies: false });
    setRefused(isRefused);
  };
  return (
    <div class="notice-choice">
      <label>
        <input
          type="checkbox"
          checked={notifies}
          onChange={(event) => void choose(event.currentTarget.checked)}
        />
        {texts.tab.tellMe}
      </label>
      {isRefused && (
        <p class="hint" role="alert">
          {texts.tab.notAllowed}
        </p>
      )}
    </div>
  );
}
