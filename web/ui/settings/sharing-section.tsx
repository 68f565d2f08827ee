import type { Client } from "../../engine/client.ts";
import { StopFields } from "../fields/stop-fields.tsx";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { PieceLengthField } from "./piece-length-field.tsx";
import { Section } from "./section.tsx";

/** When downloads stop sharing. */
export function SharingSection({ client }: { readonly client: Client }) {
  const { stopAt, sharesAlways } = useSignalValue(client.settings);
  return (
    <Section id="sharing" title={texts.settings.sharing}>
      <p id="sharing-note" class="hint">
        {texts.settings.sharingNote}
      </p>
      <StopFields
        id="stop"
        noteId="sharing-note"
        value={stopAt}
        onChange={(change) =>
          client.changeSettings({ stopAt: { ...client.settings.value.stopAt, ...change } })
        }
      />
      <label class="check">
        <input
          type="checkbox"
          checked={sharesAlways}
          aria-describedby="rest-note"
          onChange={({ currentTarget }) => client.changeSettings({ sharesAlways: currentTarget.checked })}
        />
        {texts.settings.sharesAlways}
      </label>
      <p id="rest-note" class="hint">
        {texts.settings.restNote}
      </p>
      <PieceLengthField client={client} />
    </Section>
  );
}
