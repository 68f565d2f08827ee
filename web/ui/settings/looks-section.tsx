import type { Client, TextPercent, Theme } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const TEXT_PERCENTS: readonly TextPercent[] = [100, 115, 130];

/** Light or dark, and how large the text is. */
export function LooksSection({ client }: { readonly client: Client }) {
  const { theme, textPercent } = useSignalValue(client.settings);
  return (
    <Section id="looks" title={texts.LOOKS}>
      <fieldset>
        <legend>{texts.THEME}</legend>
        {THEMES.map((one) => (
          <label key={one} class="check">
            <input
              type="radio"
              name="theme"
              checked={one === theme}
              onChange={() => client.changeSettings({ theme: one })}
            />
            {texts.THEME_NAMES[one]}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{texts.TEXT_SIZE}</legend>
        {TEXT_PERCENTS.map((one) => (
          <label key={one} class="check">
            <input
              type="radio"
              name="text-size"
              checked={one === textPercent}
              onChange={() => client.changeSettings({ textPercent: one })}
            />
            {texts.TEXT_SIZE_NAMES[one]}
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
