import { useEffect, useState } from "preact/hooks";

/** The part of a signal that the page uses. */
interface Signal<Value> {
  readonly value: Value;
  subscribe(changed: (value: Value) => void): () => void;
}

/** The value of a signal. The component is redrawn when it changes. */
export function useSignalValue<Value>(signal: Signal<Value>): Value {
  const [, redraw] = useState({});
  useEffect(() => signal.subscribe(() => redraw({})), [signal]);
  return signal.value;
}
