import type { ComponentType } from "preact";
import href from "./views/views.css?url";

let loading: Promise<void> | undefined;

/** The component, once the styles of the views are there. */
export async function styled<Props>(component: ComponentType<Props>): Promise<ComponentType<Props>> {
  loading ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => resolve()); // It is ugly without them, but it works.
    link.href = href;
    document.head.append(link);
  });
  await loading;
  return component;
}
