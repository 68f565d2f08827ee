import type { ComponentChild } from "preact";
import { useRef, useState } from "preact/hooks";

/** One of several views, of which the person sees one. */
export interface Tab {
  readonly key: string;
  readonly name: string;
  /** `labelledBy`: the id of what names it. */
  readonly show: (labelledBy: string) => ComponentChild;
}

interface TabsProps {
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly Tab[];
}

/** Tabs, as the ARIA Authoring Practices describe them: arrow keys, Home and End choose, and the tab key leaves the list. */
export function Tabs({ id, label, tabs }: TabsProps) {
  const [wish, setWish] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const chosen = tabs[wish] === undefined ? 0 : wish;
  const tab = tabs[chosen];
  const choose = (event: KeyboardEvent): void => {
    const next = placeFor(event.key, chosen, tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    setWish(next);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={choose}>
        {tabs.map(({ key, name }, at) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-${key}`}
            aria-selected={at === chosen}
            aria-controls={at === chosen ? `${id}-panel` : undefined}
            tabIndex={at === chosen ? 0 : -1}
            onClick={() => setWish(at)}
          >
            {name}
          </button>
        ))}
      </div>
      {tab !== undefined && (
        <div
          key={tab.key}
          class="tab-panel"
          role="tabpanel"
          id={`${id}-panel`}
          aria-labelledby={`${id}-${tab.key}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: most panels hold nothing else that the tab key reaches.
          tabIndex={0}
        >
          {tab.show(`${id}-${tab.key}`)}
        </div>
      )}
    </>
  );
}

/** The tab that a key leads to. Undefined: the key means something else. */
function placeFor(key: string, chosen: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return (chosen + 1) % count;
    case "ArrowLeft":
      return (chosen + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
