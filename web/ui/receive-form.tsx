import { useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { LINK_HINT, LINK_KINDS, LINK_LABEL } from "./texts.ts";

interface ReceiveFormProps {
  /** Resolves with the sentence that says why nothing was added. */
  readonly add: (text: string) => Promise<string | undefined>;
}

/** The box for a link that somebody sent. It keeps a text that is no link, with the reason under it. */
export function ReceiveForm({ add }: ReceiveFormProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const box = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "") return;
    const reason = await add(text.trim());
    if (box.current?.value !== text) return; // The person has typed on meanwhile.
    setProblem(reason);
    if (reason === undefined) setText("");
    else if (box.current.form?.contains(document.activeElement)) box.current.focus();
  };
  const isWrong = problem !== undefined;
  return (
    <form class="receive" onSubmit={submit}>
      <label for="link">
        {LINK_LABEL} <span class="hint">{LINK_KINDS}</span>
      </label>
      <div class="field">
        <input
          ref={box}
          id="link"
          type="text"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setProblem(undefined);
          }}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? "link-problem" : "link-hint"}
        />
        <button type="submit" class="button strong">
          <Icon name="download" />
          Download
        </button>
      </div>
      {isWrong ? (
        <p id="link-problem" class="problem" role="alert">
          {problem}
        </p>
      ) : (
        <p id="link-hint" class="hint">
          {LINK_HINT}
        </p>
      )}
    </form>
  );
}
