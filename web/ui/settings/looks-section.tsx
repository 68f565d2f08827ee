import type { Client, TextPercent, Theme } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { Radios } from "./radios.tsx";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const TEXT_PERCENTS: readonly TextPercent[] = [100, 115, 130];

/** Light or dark, and how large the text is. */
export function LooksSection({ client }: { readonly client: Client }) {
  const { theme, textPercent } = useSignalValue(client.settings);
  return (
    <Section id="looks" title={texts.LOOKS}>
      <Radios
        name="theme"
        legend={texts.THEME}
        values={THEMES}
        names={texts.THEME_NAMES}
        value={theme}
        onChange={(one) => client.changeSettings({ theme: one })}
      />
      <Radios
        name="text-size"
        legend={texts.TEXT_SIZE}
        values={TEXT_PERCENTS}
        names={texts.TEXT_SIZE_NAMES}
        value={textPercent}
        onChange={(one) => client.changeSettings({ textPercent: one })}
      />
    </Section>
  );
}
