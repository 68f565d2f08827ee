import type { PersonNearby, PickedFile, Sending } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { PickControl } from "../pick-control.tsx";
import { texts } from "../texts/texts.ts";
import { deviceWords } from "./device-words.ts";

interface PersonRowProps {
  readonly person: PersonNearby;
  readonly onFiles: (files: Promise<readonly PickedFile[]>) => void;
  readonly onText: () => void;
}

/** Somebody nearby, and what one can send them. */
export function PersonRow({ person, onFiles, onText }: PersonRowProps) {
  const name = deviceWords(person);
  return (
    <li>
      <p class="who">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {person.isInRoom && <span class="hint"> {texts.nearby.inRoom}</span>}
      </p>
      <SendRow name={name} onFiles={onFiles} onText={onText} />
      <p class="hint" role="status">
        {person.sending !== undefined && sendingText(person.sending)}
      </p>
    </li>
  );
}

/** The two buttons to send something. */
export function SendRow({
  name,
  onFiles,
  onText,
}: Omit<PersonRowProps, "person"> & { readonly name: string }) {
  return (
    <div class="row">
      <PickControl
        label={texts.nearby.sendFiles}
        spoken={texts.nearby.sendFilesTo(isolate(name))}
        icon="file"
        kind="files"
        onPick={onFiles}
      />
      <button
        type="button"
        class="button"
        aria-label={texts.nearby.sendTextTo(isolate(name))}
        onClick={onText}
      >
        <Icon name="text" />
        {texts.nearby.sendText}
      </button>
    </div>
  );
}

function sendingText(sending: Sending): string {
  return sending.state === "failed"
    ? texts.nearby.failed[sending.why]
    : texts.nearby.sending[sending.state](isolate(sending.name));
}
