const PRODUCT = "Tabswarm";

const shown = { done: "", progress: "", view: "" };

/** Sets a part of the tab's title: what is done, the progress of the list, or the view that is open. Empty: there is none. */
export function setTitle(part: keyof typeof shown, text: string): void {
  shown[part] = text;
  document.title = [shown.done, shown.progress, shown.view, PRODUCT].filter(Boolean).join(" · ");
}
