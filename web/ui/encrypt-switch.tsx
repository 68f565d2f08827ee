import { useId } from "preact/hooks";
import type { Client } from "../engine/client.ts";
import { useSignalValue } from "./signal-value.ts";
import { pageTexts } from "./texts/page-texts.ts";

/** Whether what the person shares from now on is encrypted. Where the page cannot do so, one sentence says why. */
export function EncryptSwitch({
  client,
}: {
  readonly client: Pick<Client, "settings" | "changeSettings" | "canEncrypt">;
}) {
  const { encrypts } = useSignalValue(client.settings);
  const hintId = useId();
  if (!client.canEncrypt) return <p class="encrypt hint">{pageTexts.cannotEncrypt}</p>;
  return (
    <div class="encrypt">
      <label class="switch">
        <input
          type="checkbox"
          checked={encrypts}
          aria-describedby={hintId}
          onChange={({ currentTarget }) => client.changeSettings({ encrypts: currentTarget.checked })}
        />
        {pageTexts.encrypt}
      </label>
      <p id={hintId} class="hint" hidden={!encrypts}>
        {pageTexts.encryptNote}
      </p>
    </div>
  );
}
