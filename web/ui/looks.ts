import { useEffect, useLayoutEffect } from "preact/hooks";
import type { Settings } from "../engine/client.ts";
import { useSignalValue } from "./signal-value.ts";
import { language, speak } from "./texts/language.ts";

/** Gives the page the theme, the text size and the language that the person chose. Who calls it is redrawn when the page speaks another one. */
export function useLooks({ theme, textPercent, language: chosen }: Settings): void {
  useLayoutEffect(() => {
    const { dataset, style } = document.documentElement;
    dataset["theme"] = theme;
    style.fontSize = `${textPercent}%`;
  }, [theme, textPercent]);
  useEffect(() => {
    const follow = (): void => void speak(chosen);
    follow();
    window.addEventListener("languagechange", follow); // The person has changed what their browser wants.
    return () => window.removeEventListener("languagechange", follow);
  }, [chosen]);
  useSignalValue(language);
}
