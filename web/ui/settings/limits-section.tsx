import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { RateField } from "./rate-field.tsx";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

/** How fast everything together may go, each way. */
export function LimitsSection({ client }: { readonly client: Client }) {
  const { mostUp, mostDown } = useSignalValue(client.settings);
  return (
    <Section id="limits" title={texts.LIMITS}>
      <p id="limits-note" class="hint">
        {texts.LIMITS_NOTE}
      </p>
      <RateField
        id="most-up"
        label={texts.MOST_UP}
        noteId="limits-note"
        value={mostUp}
        onChange={(mostUp) => client.changeSettings({ mostUp })}
      />
      <RateField
        id="most-down"
        label={texts.MOST_DOWN}
        noteId="limits-note"
        value={mostDown}
        onChange={(mostDown) => client.changeSettings({ mostDown })}
      />
    </Section>
  );
}
