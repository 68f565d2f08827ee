import { useEffect, useState } from "preact/hooks";

/** A signal of the client, as the page reads one. */
interface Signal<Value> {
  readonly value: Value;
  subscribe(changed: (value: Value) => void): () => void;
}

/** The value of a signal. The component is drawn anew when it changes. */
export function useSignalValue<Value>(signal: Signal<Value>): Value {
  const [, redraw] = useState({});
  useEffect(() => signal.subscribe(() => redraw({})), [signal]);
  return signal.value;
}
