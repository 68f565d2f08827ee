import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { ConnectionSection } from "./connection-section.tsx";
import { DeviceSection } from "./device-section.tsx";
import { DownloadsSection } from "./downloads-section.tsx";
import { LimitsSection } from "./limits-section.tsx";
import { LooksSection } from "./looks-section.tsx";
import type { SettingsPlace } from "./settings-button.tsx";
import { SharingSection } from "./sharing-section.tsx";
import { StorageSection } from "./storage-section.tsx";

interface SettingsDialogProps {
  readonly client: Client;
  readonly place: SettingsPlace;
  readonly onClose: () => void;
}

/** What a person can choose for this browser, by sections. Every change counts at once; Escape and a click outside close it. */
export function SettingsDialog({ client, place, onClose }: SettingsDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    const field = { top: undefined, connection: "#ice-url", device: "#device-name" }[place];
    if (field !== undefined) dialog.current?.querySelector<HTMLElement>(field)?.focus();
  }, []);
  const isHere = client.daemon === undefined; // The rest is about torrents of this browser.
  return (
    <dialog ref={dialog} class="settings" closedby="any" aria-labelledby="settings-title" onClose={onClose}>
      <h2 id="settings-title">{texts.settings.title}</h2>
      <form method="dialog">
        {isHere && (
          <>
            <DeviceSection client={client} />
            <DownloadsSection client={client} />
            <SharingSection client={client} />
          </>
        )}
        <LimitsSection client={client} />
        {isHere && <ConnectionSection client={client} />}
        <LooksSection client={client} />
        {isHere && <StorageSection client={client} />}
        <div class="row">
          <button type="submit" class="button strong">
            {texts.settings.done}
          </button>
        </div>
      </form>
    </dialog>
  );
}
