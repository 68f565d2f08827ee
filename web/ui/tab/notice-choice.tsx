import { useState } from "preact/hooks";
import { canNotify, chooseNotice, wantsNotice } from "./notification.ts";
import { NOT_ALLOWED, TELL_ME } from "./texts.ts";

/** Asks whether to notify the person once downloads are complete. Nothing where the browser cannot. */
export function NoticeChoice() {
  const [isWanted, setWanted] = useState(wantsNotice);
  const [isRefused, setRefused] = useState(false);
  if (!canNotify()) return null;
  const choose = async (wanted: boolean): Promise<void> => {
    setWanted(wanted);
    const isAllowed = await chooseNotice(wanted);
    setWanted(wanted && isAllowed);
    setRefused(!isAllowed);
  };
  return (
    <div class="notice-choice">
      <label>
        <input
          type="checkbox"
          checked={isWanted}
          onChange={(event) => void choose(event.currentTarget.checked)}
        />
        {TELL_ME}
      </label>
      {isRefused && (
        <p class="hint" role="alert">
          {NOT_ALLOWED}
        </p>
      )}
    </div>
  );
}
