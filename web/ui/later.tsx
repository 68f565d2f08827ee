import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const NOT_LOADED = "This part of the page did not load. Check your connection, then reload the page.";

/** A component that loads when it is first shown, so that the page itself loads faster. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return function Later(props: Props) {
    const [Shown, setShown] = useState<ComponentType<Props> | "failed" | undefined>(undefined);
    useEffect(() => {
      load().then(
        (component) => setShown(() => component),
        () => setShown("failed"),
      );
    }, []);
    if (Shown === undefined) return null;
    return Shown === "failed" ? <p class="note">{NOT_LOADED}</p> : <Shown {...props} />;
  };
}
