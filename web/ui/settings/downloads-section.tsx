import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { NoticeChoice } from "../tab/notice-choice.tsx";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

/** What happens before a download starts, and when it is complete. */
export function DownloadsSection({ client }: { readonly client: Client }) {
  const { asksFirst, savesWhenComplete } = useSignalValue(client.settings);
  return (
    <Section id="downloads" title={texts.DOWNLOADS}>
      <label class="check">
        <input
          type="checkbox"
          checked={asksFirst}
          onChange={({ currentTarget }) => client.changeSettings({ asksFirst: currentTarget.checked })}
        />
        {texts.ASKS_FIRST}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={savesWhenComplete}
          onChange={({ currentTarget }) =>
            client.changeSettings({ savesWhenComplete: currentTarget.checked })
          }
        />
        {texts.SAVES_WHEN_COMPLETE}
      </label>
      <NoticeChoice client={client} />
    </Section>
  );
}
