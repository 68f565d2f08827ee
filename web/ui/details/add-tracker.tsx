import { useRef, useState } from "preact/hooks";
import { ours } from "../texts/engine-words.ts";
import { texts } from "../texts/texts.ts";

interface AddTrackerProps {
  /** Unique on the page. */
  readonly id: string;
  /** Resolves with the sentence that says why it was not added. */
  readonly add: (address: string) => Promise<string | undefined>;
}

/** The box for the address of another tracker. It keeps what cannot be added, with the reason under it. */
export function AddTracker({ id, add }: AddTrackerProps) {
  const [text, setText] = useState("");
  const [said, setSaid] = useState<{ readonly isProblem: boolean; readonly sentence: string }>();
  const box = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "") return;
    const problem = await add(text.trim());
    if (box.current?.value !== text) return; // The person has typed on meanwhile.
    setSaid({ isProblem: problem !== undefined, sentence: problem ?? texts.trackers.added });
    if (problem === undefined) setText("");
    if (box.current.form?.contains(document.activeElement)) box.current.focus();
  };
  const isWrong = said?.isProblem ?? false;
  return (
    <form onSubmit={submit}>
      <label for={id}>{texts.trackers.another}</label>
      <div class="field">
        <input
          ref={box}
          id={id}
          type="text"
          value={text}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="done"
          aria-invalid={isWrong}
          aria-describedby={`${id}-said`}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setSaid(undefined);
          }}
        />
        <button type="submit" class="button">
          {texts.trackers.add}
        </button>
      </div>
      {isWrong ? (
        <p id={`${id}-said`} class="problem" role="alert" {...ours(said?.sentence ?? "")} />
      ) : (
        <p id={`${id}-said`} class="hint" role="status">
          {said?.sentence ?? texts.trackers.anotherNote}
        </p>
      )}
    </form>
  );
}
