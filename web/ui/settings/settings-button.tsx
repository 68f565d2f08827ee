import { useEffect } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { later } from "../later.tsx";
import { pageTexts } from "../texts/page-texts.ts";

const SettingsDialog = later(async () => (await import("./settings-dialog.tsx")).SettingsDialog);

/** Where the settings open. */
export type SettingsPlace = "top" | "connection" | "device";

interface SettingsButtonProps {
  readonly client: Client;
  /** Undefined: they are closed. */
  readonly place: SettingsPlace | undefined;
  readonly onPlace: (place: SettingsPlace | undefined) => void;
}

/** Opens the settings. */
export function SettingsButton({ client, place, onPlace }: SettingsButtonProps) {
  useEffect(SettingsDialog.prepare, []);
  return (
    <>
      <button
        type="button"
        class="button quiet settings-button"
        aria-label={pageTexts.settings}
        title={pageTexts.settings}
        aria-haspopup="dialog"
        onClick={() => onPlace("top")}
      >
        <Icon name="sliders" />
      </button>
      {place !== undefined && (
        <SettingsDialog client={client} place={place} onClose={() => onPlace(undefined)} />
      )}
    </>
  );
}
