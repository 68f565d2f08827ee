import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { LINK_HINT } from "./texts.ts";

interface ReceiveFormProps {
  readonly onLink: (text: string) => void;
}

/** The box for a link that somebody sent. */
export function ReceiveForm({ onLink }: ReceiveFormProps) {
  const [text, setText] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    onLink(text.trim());
    setText("");
  };
  return (
    <form class="receive" onSubmit={submit}>
      <label for="link">Magnet link or info-hash</label>
      <div class="field">
        <input
          id="link"
          type="text"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          placeholder="Paste it here"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
          aria-describedby="link-hint"
        />
        <button type="submit" class="button strong">
          <Icon name="download" />
          Download
        </button>
      </div>
      <p id="link-hint" class="hint">
        {LINK_HINT}
      </p>
    </form>
  );
}
