import { useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { ours } from "./texts/engine-words.ts";
import { pageTexts } from "./texts/page-texts.ts";

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
        {pageTexts.linkLabel} <span class="hint">{pageTexts.linkKinds}</span>
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
          {pageTexts.download}
        </button>
      </div>
      {isWrong ? (
        <p id="link-problem" class="problem" role="alert" {...ours(problem)} />
      ) : (
        <p id="link-hint" class="hint">
          {pageTexts.linkHint}
        </p>
      )}
    </form>
  );
}
