import { useEffect, useRef, useState } from "preact/hooks";
import { texts } from "../texts/texts.ts";

interface ConfirmedProps {
  readonly label: string;
  /** What a screen reader adds to the label, where several buttons say the same. */
  readonly describedBy?: string;
  readonly question: string;
  readonly onConfirm: () => Promise<void> | void;
}

/** A button for what cannot be undone: it asks first. Escape and a click outside cancel. */
export function Confirmed({ label, describedBy, question, onConfirm }: ConfirmedProps) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button type="button" class="button quiet" aria-describedby={describedBy} onClick={() => setAsks(true)}>
        {label}
      </button>
      {asks && (
        <Question
          label={label}
          question={question}
          onAnswer={(isYes) => {
            setAsks(false);
            if (isYes) void onConfirm();
          }}
        />
      )}
    </>
  );
}

interface QuestionProps {
  readonly label: string;
  readonly question: string;
  readonly onAnswer: (isYes: boolean) => void;
}

function Question({ label, question, onAnswer }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Close it first: the browser then returns the focus to the button that opened the dialog.
  const confirm = (): void => {
    dialog.current?.close("yes");
  };
  return (
    <dialog
      ref={dialog}
      closedby="any"
      aria-labelledby="question"
      onClose={(event) => onAnswer(event.currentTarget.returnValue === "yes")}
    >
      <h2 id="question">{question}</h2>
      <div class="row">
        <button type="button" class="button danger" onClick={confirm}>
          {label}
        </button>
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.cancel}
        </button>
      </div>
    </dialog>
  );
}
