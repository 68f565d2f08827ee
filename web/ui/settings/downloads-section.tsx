import type { Client } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { NoticeChoice } from "../tab/notice-choice.tsx";
import { Section } from "./section.tsx";
import * as texts from "./settings-texts.ts";

/** What happens when a download is complete. */
export function DownloadsSection({ client }: { readonly client: Client }) {
  const { savesWhenComplete } = useSignalValue(client.settings);
  return (
    <Section id="downloads" title={texts.DOWNLOADS}>
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
