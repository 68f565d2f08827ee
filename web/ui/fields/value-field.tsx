import { useEffect, useRef, useState } from "preact/hooks";
import { useOnDialogClose } from "./on-dialog-close.ts";

export interface ValueFieldProps {
  /** Unique on the page. */
  readonly id: string;
  readonly label: string;
  /** The element that says how to fill it in. */
  readonly noteId: string;
  /** Undefined: the box is empty. */
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

interface Reading {
  /** It is a time, for which browsers have a box of their own. */
  readonly isMoment?: boolean;
  /** What a text means. Undefined: nothing, it is empty. */
  readonly read: (text: string) => number | undefined | "unclear";
  /** The same value as `read` reads it. */
  readonly written: (value: number | undefined) => string;
  /** Says what to type instead of what is unclear. */
  readonly unclear: string;
}

const TEXT_BOX = { type: "text", maxLength: 20 } as const;
const MOMENT_BOX = { type: "datetime-local" } as const;

/** A box for a value with a unit. It counts once the person leaves the box; what is unclear stays there with the reason under it. */
export function ValueField(props: ValueFieldProps & Reading) {
  const { id, label, noteId, value, onChange, read, written, unclear, isMoment } = props;
  const box = useRef<HTMLInputElement>(null);
  const [isUnclear, setUnclear] = useState(false);
  useEffect(() => {
    if (box.current !== null) box.current.value = written(value);
  }, [value]);
  const keep = (input: HTMLInputElement): void => {
    const found = input.validity.badInput ? "unclear" : read(input.value); // A date that is not whole reads as an empty one.
    setUnclear(found === "unclear");
    if (found === "unclear") return;
    input.value = written(found);
    onChange(found);
  };
  useOnDialogClose(box, () => box.current && keep(box.current));
  return (
    <>
      <label for={id}>{label}</label>
      <input
        ref={box}
        id={id}
        {...(isMoment ? MOMENT_BOX : TEXT_BOX)}
        autocomplete="off"
        aria-invalid={isUnclear}
        aria-describedby={isUnclear ? `${id}-problem ${noteId}` : noteId}
        onChange={({ currentTarget }) => keep(currentTarget)}
      />
      {isUnclear && (
        <p id={`${id}-problem`} class="problem" role="alert">
          {unclear}
        </p>
      )}
    </>
  );
}
