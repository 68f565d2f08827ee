import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { useOnDialogClose } from "../fields/on-dialog-close.ts";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { Section } from "./section.tsx";

/** More than a name may have, so that one with emoji fits; what is too much is cut when it is kept. */
const MAX_TYPED = 64;

/** What others call this device. Kept when the person leaves the box, or the settings. */
export function DeviceSection({ client }: { readonly client: Client }) {
  const box = useRef<HTMLInputElement>(null);
  const { deviceName = "" } = useSignalValue(client.settings);
  const keep = (): void => {
    const { current: input } = box;
    if (input !== null && input.value !== (client.settings.value.deviceName ?? ""))
      client.changeSettings({ deviceName: input.value });
  };
  // What was kept may differ from what was typed, and another tab may change it.
  useEffect(() => {
    if (box.current !== null) box.current.value = deviceName;
  }, [deviceName]);
  useOnDialogClose(box, keep);
  return (
    <Section id="device" title={texts.settings.device}>
      <label for="device-name">{texts.settings.deviceName}</label>
      <input
        ref={box}
        id="device-name"
        type="text"
        autocomplete="off"
        maxLength={MAX_TYPED}
        aria-describedby="device-name-note"
        onChange={keep}
      />
      <p id="device-name-note" class="hint">
        {texts.settings.deviceNote}
      </p>
    </Section>
  );
}
