import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import { FILTERS, type Filter, type ListWish, ORDERS, type Order } from "./list-order.ts";

interface ListToolsProps {
  readonly wish: ListWish;
  readonly onWish: (wish: ListWish) => void;
  readonly isRows: boolean;
  readonly onRows: (isRows: boolean) => void;
  /** What can be done to many torrents at once. */
  readonly children: ComponentChildren;
}

/** Search, filter, order, and what can be done to many torrents at once. */
export function ListTools({ wish, onWish, isRows, onRows, children }: ListToolsProps) {
  return (
    <div class="list-tools">
      <search class="row">
        <label class="search-list">
          <span class="visually-hidden">{texts.list.search}</span>
          <input
            type="search"
            placeholder={texts.list.search}
            value={wish.text}
            autocomplete="off"
            onInput={(event) => onWish({ ...wish, text: event.currentTarget.value })}
          />
        </label>
        <Choice
          label={texts.list.filter}
          names={texts.list.filters}
          values={FILTERS}
          value={wish.filter}
          onChange={(filter: Filter) => onWish({ ...wish, filter })}
        />
        <Choice
          label={texts.list.order}
          names={texts.list.orders}
          values={ORDERS}
          value={wish.order}
          onChange={(order: Order) => onWish({ ...wish, order })}
        />
      </search>
      <div class="row">
        {children}
        <button
          type="button"
          class="button quiet density"
          aria-pressed={isRows}
          onClick={() => onRows(!isRows)}
        >
          <Icon name="rows" />
          {texts.list.rows}
        </button>
      </div>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly names: Record<Value, string>;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, names, values, value, onChange }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div class="choice">
      <label for={id} class="visually-hidden">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => onChange(values[currentTarget.selectedIndex] ?? value)}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {names[one]}
          </option>
        ))}
      </select>
    </div>
  );
}
