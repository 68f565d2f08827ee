import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Closes the dialogs in a part of the page once it is hidden: nobody would see them, and yet they would keep people from everything
 * else. Returns what refers to the part.
 */
export function useNoHiddenDialogs(isHidden: boolean): RefObject<HTMLElement | null> {
  const part = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isHidden) for (const dialog of part.current?.querySelectorAll("dialog") ?? []) dialog.close();
  }, [isHidden]);
  return part;
}
