import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { pageTexts } from "./texts/page-texts.ts";

/** A component whose code loads later, so that the page itself loads faster. */
export type Later<Props> = ComponentType<Props> & {
  /** Loads the code before it is needed. If that fails, it is tried again when the component is shown. */
  readonly prepare: () => void;
};

/** A component that loads when it is first shown. Once it is here, it is shown without a frame in between. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  let here: ComponentType<Props> | undefined;
  const fetched = async (): Promise<ComponentType<Props>> => {
    here = await load();
    return here;
  };
  const prepare = (): void => void fetched().catch(() => {});
  return Object.assign(
    function LaterShown(props: Props) {
      const [Shown, setShown] = useState<ComponentType<Props> | "failed" | undefined>(() => here);
      useEffect(() => {
        if (Shown !== undefined) return;
        fetched().then(
          (component) => setShown(() => component),
          () => setShown("failed"),
        );
      }, []);
      if (Shown === undefined) return null;
      if (Shown === "failed")
        return (
          <p class="note" role="alert">
            {pageTexts.notLoaded}
          </p>
        );
      return <Shown {...props} />;
    },
    { prepare },
  );
}
