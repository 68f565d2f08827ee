import { useEffect, useRef, useState } from "preact/hooks";
import { useOnDialogClose } from "./on-dialog-close.ts";
import { readRate, writtenRate } from "./read-rate.ts";
import { RATE_UNCLEAR } from "./settings-texts.ts";

interface RateFieldProps {
  /** Unique in the dialog. */
  readonly id: string;
  readonly label: string;
  /** The element that says how to fill it in. */
  readonly noteId: string;
  /** Bytes a second. Undefined: no limit. */
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

/** A limit of speed. It counts once the person leaves the box; what is unclear stays there with the reason under it. */
export function RateField({ id, label, noteId, value, onChange }: RateFieldProps) {
  const box = useRef<HTMLInputElement>(null);
  const [isUnclear, setUnclear] = useState(false);
  useEffect(() => {
    if (box.current !== null) box.current.value = writtenRate(value);
  }, [value]);
  const keep = (input: HTMLInputElement): void => {
    const rate = readRate(input.value);
    setUnclear(rate === "unclear");
    if (rate === "unclear") return;
    input.value = writtenRate(rate);
    onChange(rate);
  };
  useOnDialogClose(box, () => box.current && keep(box.current));
  return (
    <>
      <label for={id}>{label}</label>
      <input
        ref={box}
        id={id}
        type="text"
        autocomplete="off"
        maxLength={20}
        aria-invalid={isUnclear}
        aria-describedby={isUnclear ? `${id}-problem ${noteId}` : noteId}
        onChange={({ currentTarget }) => keep(currentTarget)}
      />
      {isUnclear && (
        <p id={`${id}-problem`} class="problem" role="alert">
          {RATE_UNCLEAR}
        </p>
      )}
    </>
  );
}
