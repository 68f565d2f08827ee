import { useEffect, useState } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { later } from "../later.tsx";

const SettingsDialog = later(async () => (await import("./settings-dialog.tsx")).SettingsDialog);

/** Opens the settings. */
export function SettingsButton({ client }: { readonly client: Client }) {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(SettingsDialog.prepare, []);
  return (
    <>
      <button
        type="button"
        class="button quiet settings-button"
        aria-label="Settings"
        title="Settings"
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        <Icon name="sliders" />
      </button>
      {isOpen && <SettingsDialog client={client} onClose={() => setIsOpen(false)} />}
    </>
  );
}
