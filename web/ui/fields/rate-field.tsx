import { texts } from "../texts/texts.ts";
import { readRate, writtenRate } from "./read-rate.ts";
import { ValueField, type ValueFieldProps } from "./value-field.tsx";

/** A limit of speed, in bytes a second. Empty: none. */
export function RateField(props: ValueFieldProps) {
  return <ValueField {...props} read={readRate} written={writtenRate} unclear={texts.fields.rateUnclear} />;
}
