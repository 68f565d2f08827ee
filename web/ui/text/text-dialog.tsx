import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, PickedFile } from "../../engine/client.ts";
import { EncryptSwitch } from "../encrypt-switch.tsx";
import { MAX_TEXT_BYTES } from "../files/text-bounds.ts";
import { formatBytes } from "../format.ts";
import { texts } from "../texts/texts.ts";
import { typedFile } from "./typed-text.ts";

interface TextDialogProps {
  /** What the person has pasted into the page. May be empty. */
  readonly pasted: string;
  /** Lets the person choose whether it is encrypted. Absent: it never is. */
  readonly client?: Client;
  readonly onShare: (file: PickedFile) => void;
  readonly onClose: () => void;
}

/** Takes a text to share. Nothing goes out before the person says so: they may have pasted by mistake. */
export function TextDialog({ pasted, client, onShare, onClose }: TextDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  // A box with megabytes of text in it would hold up the page for minutes. A character is a byte or more.
  const isPastedLong = pasted.length > MAX_TEXT_BYTES;
  const [text, setText] = useState(isPastedLong ? "" : pasted);
  const [problem, setProblem] = useState(isPastedLong ? problemOf(pasted, pasted.length) : undefined);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = typedFile(text, new Date());
    const reason = problemOf(typed.typed ?? "", typed.file.size);
    setProblem(reason);
    if (reason !== undefined) return box.current?.focus();
    dialog.current?.close();
    onShare(typed);
  };
  return (
    <dialog ref={dialog} class="text-dialog" aria-labelledby="text-title" onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="text-title">{texts.text.title}</h2>
        <label for="text-box">{texts.text.label}</label>
        <textarea
          ref={box}
          id="text-box"
          dir="auto"
          rows={6}
          value={text}
          autofocus
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? "text-hint" : "text-problem"}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setProblem(undefined);
          }}
        />
        {problem === undefined ? (
          <p id="text-hint" class="hint">
            {texts.text.hint}
          </p>
        ) : (
          <p id="text-problem" class="problem" role="alert">
            {problem}
          </p>
        )}
        {client && <EncryptSwitch client={client} />}
        <div class="row">
          <button type="submit" class="button strong">
            {texts.text.share}
          </button>
          <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
            {texts.buttons.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function problemOf(text: string, bytes: number): string | undefined {
  if (text.trim() === "") return texts.text.empty;
  if (bytes <= MAX_TEXT_BYTES) return undefined;
  return texts.text.tooLong(formatBytes(bytes - MAX_TEXT_BYTES), formatBytes(MAX_TEXT_BYTES));
}
