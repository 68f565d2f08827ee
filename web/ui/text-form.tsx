import { useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { ours } from "./texts/engine-words.ts";

interface TextFormProps {
  /** Unique on the page. */
  readonly id: string;
  readonly label: string;
  /** Part of the label. */
  readonly kinds: string;
  readonly hint: string;
  readonly button: string;
  readonly icon: IconName;
  /** Resolves with the sentence that says why nothing came of it. */
  readonly add: (text: string) => Promise<string | undefined>;
}

/** A box for one text, and its button. It keeps a text that is of no use, with the reason under it. */
export function TextForm({ id, label, kinds, hint, button, icon, add }: TextFormProps) {
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
      <label for={id}>
        {label} <span class="hint">{kinds}</span>
      </label>
      <div class="field">
        <input
          ref={box}
          id={id}
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
          aria-describedby={isWrong ? `${id}-problem` : `${id}-hint`}
        />
        <button type="submit" class="button strong">
          <Icon name={icon} />
          {button}
        </button>
      </div>
      {isWrong ? (
        <p id={`${id}-problem`} class="problem" role="alert" {...ours(problem)} />
      ) : (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </form>
  );
}
