import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { ConnectionSection } from "./connection-section.tsx";
import { DeviceSection } from "./device-section.tsx";
import { DownloadsSection } from "./downloads-section.tsx";
import { LimitsSection } from "./limits-section.tsx";
import { LooksSection } from "./looks-section.tsx";
import * as texts from "./settings-texts.ts";

interface SettingsDialogProps {
  readonly client: Client;
  readonly onClose: () => void;
}

/** What a person can choose for this browser, by sections. Every change counts at once; Escape and a click outside close it. */
export function SettingsDialog({ client, onClose }: SettingsDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="settings" closedby="any" aria-labelledby="settings-title" onClose={onClose}>
      <h2 id="settings-title">{texts.SETTINGS}</h2>
      <form method="dialog">
        <DeviceSection client={client} />
        <DownloadsSection client={client} />
        <LimitsSection client={client} />
        <ConnectionSection client={client} />
        <LooksSection client={client} />
        <div class="row">
          <button type="submit" class="button strong">
            {texts.DONE}
          </button>
        </div>
      </form>
    </dialog>
  );
}
