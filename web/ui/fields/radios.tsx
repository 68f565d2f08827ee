interface RadiosProps<Value extends string | number> {
  /** Unique on the page. */
  readonly name: string;
  readonly legend: string;
  readonly values: readonly Value[];
  readonly names: Record<Value, string>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few choices. */
export function Radios<Value extends string | number>(props: RadiosProps<Value>) {
  const { name, legend, values, names, value, onChange } = props;
  return (
    <fieldset>
      <legend>{legend}</legend>
      {values.map((one) => (
        <label key={one} class="check">
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          {names[one]}
        </label>
      ))}
    </fieldset>
  );
}
