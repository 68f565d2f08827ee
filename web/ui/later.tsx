import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const NOT_LOADED =
  "This part of the page could not be loaded. Check the connection to the page's server, then reload.";

/** A component that is loaded when it is first shown, because the page comes sooner without it. */
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
