import type { StopAt } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { readMinutes, readRatio, writtenMinutes, writtenRatio } from "./read-stop.ts";
import { ValueField } from "./value-field.tsx";

export interface StopFieldsProps {
  /** Unique on the page: the ids of the boxes begin with it. */
  readonly id: string;
  readonly noteId: string;
  readonly value: StopAt;
  readonly onChange: (change: Partial<StopAt>) => void;
}

/** When to stop sharing: whichever comes first. */
export function StopFields({ id, noteId, value, onChange }: StopFieldsProps) {
  return (
    <>
      <ValueField
        {...{ noteId, read: readRatio, written: writtenRatio, unclear: texts.fields.ratioUnclear }}
        id={`${id}-ratio`}
        label={texts.fields.afterRatio}
        value={value.ratio}
        onChange={(ratio) => onChange({ ratio })}
      />
      <ValueField
        {...{ noteId, read: readMinutes, written: writtenMinutes, unclear: texts.fields.timeUnclear }}
        id={`${id}-minutes`}
        label={texts.fields.afterTime}
        value={value.minutes}
        onChange={(minutes) => onChange({ minutes })}
      />
    </>
  );
}
