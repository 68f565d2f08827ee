import type { Client, TextPercent, Theme } from "../../engine/client.ts";
import { Radios } from "../fields/radios.tsx";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { LanguageChoice } from "./language-choice.tsx";
import { Section } from "./section.tsx";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const TEXT_PERCENTS: readonly TextPercent[] = [100, 115, 130];

/** The language, light or dark, and how large the text is. */
export function LooksSection({ client }: { readonly client: Client }) {
  const { theme, textPercent } = useSignalValue(client.settings);
  return (
    <Section id="looks" title={texts.settings.looks}>
      <LanguageChoice client={client} />
      <Radios
        name="theme"
        legend={texts.settings.theme}
        values={THEMES}
        names={texts.settings.themes}
        value={theme}
        onChange={(one) => client.changeSettings({ theme: one })}
      />
      <Radios
        name="text-size"
        legend={texts.settings.textSize}
        values={TEXT_PERCENTS}
        names={texts.settings.textSizes}
        value={textPercent}
        onChange={(one) => client.changeSettings({ textPercent: one })}
      />
    </Section>
  );
}
