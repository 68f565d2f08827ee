import type { Client } from "../../engine/client.ts";
import { Radios } from "../fields/radios.tsx";
import { useSignalValue } from "../signal-value.ts";
import { hasFailed } from "../texts/language.ts";
import { LANGUAGES } from "../texts/languages.ts";
import { texts } from "../texts/texts.ts";

/** Stands for what the browser wants. */
const AUTO = "";

/** The language of the page. Each is called what it calls itself, so that whoever reads no other finds it. */
export function LanguageChoice({ client }: { readonly client: Client }) {
  const { language = AUTO } = useSignalValue(client.settings);
  const isLost = useSignalValue(hasFailed);
  const names = [...LANGUAGES].map(([tag, { name }]) => [tag, name] as const);
  return (
    <>
      <Radios
        name="language"
        legend={texts.settings.language}
        values={[AUTO, ...LANGUAGES.keys()]}
        names={Object.fromEntries([[AUTO, texts.settings.languageAuto], ...names])}
        value={LANGUAGES.has(language) ? language : AUTO}
        onChange={(tag) => client.changeSettings({ language: tag === AUTO ? undefined : tag })}
      />
      {isLost && (
        <p class="problem" role="alert">
          {texts.settings.languageFailed}
        </p>
      )}
    </>
  );
}
