import { useLayoutEffect } from "preact/hooks";
import type { Settings } from "../engine/client.ts";

/** Gives the page the theme and the text size that the person chose. */
export function useLooks({ theme, textPercent }: Settings): void {
  useLayoutEffect(() => {
    const { dataset, style } = document.documentElement;
    dataset["theme"] = theme;
    style.fontSize = `${textPercent}%`;
  }, [theme, textPercent]);
}
