import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Calls `keep` when the dialog around this element closes: by Escape it does while the person is still in a box. */
export function useOnDialogClose(inside: RefObject<HTMLElement | null>, keep: () => void): void {
  const latest = useRef(keep);
  latest.current = keep;
  useEffect(() => {
    const dialog = inside.current?.closest("dialog");
    const closed = (): void => latest.current();
    dialog?.addEventListener("close", closed);
    return () => dialog?.removeEventListener("close", closed);
  }, []);
}
