import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { NoticeChoice } from "../tab/notice-choice.tsx";
import { texts } from "../texts/texts.ts";
import { Section } from "./section.tsx";

/** What happens before a download starts, and when it is complete. */
export function DownloadsSection({ client }: { readonly client: Client }) {
  const { asksFirst, savesWhenComplete } = useSignalValue(client.settings);
  return (
    <Section id="downloads" title={texts.settings.downloads}>
      <label class="check">
        <input
          type="checkbox"
          checked={asksFirst}
          onChange={({ currentTarget }) => client.changeSettings({ asksFirst: currentTarget.checked })}
        />
        {texts.settings.asksFirst}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={savesWhenComplete}
          onChange={({ currentTarget }) =>
            client.changeSettings({ savesWhenComplete: currentTarget.checked })
          }
        />
        {texts.settings.savesWhenComplete}
      </label>
      <NoticeChoice client={client} />
    </Section>
  );
}
