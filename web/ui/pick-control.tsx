import type { PickedFile } from "../engine/client.ts";
import { Icon, type IconName } from "./icons.tsx";
import { filesOfHandles, filesOfInput, hasPicker, openPicker } from "./pick.ts";

interface PickControlProps {
  readonly label: string;
  /** What screen readers say in its place. It contains the label. */
  readonly spoken?: string;
  readonly icon: IconName;
  readonly kind: "files" | "folder";
  readonly class?: string;
  /** Gets a promise, because reading a folder takes time. */
  readonly onPick: (files: Promise<readonly PickedFile[]>) => void;
}

/**
 * A labelled file input that looks like a button. A person's click opens the picker that returns handles, if the browser
 * has one. Scripts, assistive technology and other browsers use the input itself.
 */
export function PickControl({ label, spoken, icon, kind, class: extra = "", onPick }: PickControlProps) {
  const click = (event: MouseEvent & { readonly currentTarget: HTMLInputElement }): void => {
    if (!event.isTrusted || !hasPicker(kind)) return;
    event.preventDefault();
    const input = event.currentTarget;
    openPicker(kind).then(
      (handles) => handles && onPick(filesOfHandles(handles)),
      // A frame or a policy forbids the picker. The plain input opens once this click is over.
      () => setTimeout(() => input.click()),
    );
  };
  return (
    <label class={`button ${extra}`}>
      <Icon name={icon} />
      {label}
      <input
        type="file"
        aria-label={spoken}
        class="visually-hidden"
        multiple
        {...(kind === "folder" ? { webkitdirectory: true } : {})}
        onClick={click}
        onChange={(event) => {
          onPick(Promise.resolve(filesOfInput(event.currentTarget)));
          event.currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
    </label>
  );
}
