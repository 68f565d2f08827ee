import { type Drop, readTransfer } from "./pick.ts";

interface IncomingHandlers {
  /** Called during the event. `onto` is the element under the drop. */
  readonly onDrop: (drop: Drop, onto: Element | undefined) => void;
  /** Text pasted outside any text box, or with line breaks, which a box would lose. */
  readonly onPaste: (text: string) => void;
  /** Whether a person is dragging something over the page that they can drop. */
  readonly onHover: (hovers: boolean) => void;
}

/** Lets people drop and paste files and links anywhere on the page. Returns a function that stops this. */
export function listenForIncoming({ onDrop, onPaste, onHover }: IncomingHandlers): () => void {
  const listeners = new AbortController();
  const listen = <Name extends "dragover" | "dragleave" | "drop" | "paste">(
    name: Name,
    handle: (event: WindowEventMap[Name]) => void,
  ): void => window.addEventListener(name, handle, { signal: listeners.signal });

  listen("dragover", (event) => {
    if (!isForPage(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    onHover(true);
  });
  listen("dragleave", (event) => {
    if (event.relatedTarget === null) onHover(false); // the pointer left the window, not just an element
  });
  listen("drop", (event) => {
    onHover(false);
    if (event.dataTransfer === null || !isForPage(event)) return;
    event.preventDefault();
    onDrop(readTransfer(event.dataTransfer), event.target instanceof Element ? event.target : undefined);
  });
  listen("paste", (event) => {
    if (event.clipboardData === null) return;
    const pasted = readTransfer(event.clipboardData);
    // The link box would remove the line breaks, which separate links.
    const isForBox =
      isTextBox(event.target) && (!isLinkBox(event.target) || !/[\r\n]/.test(pasted.text.trim()));
    // Office programs copy a picture of the text along. Whoever pastes a file into the box for links wants to share it.
    const isText = pasted.files === undefined || (pasted.text !== "" && !isLinkBox(event.target));
    if (isText && isForBox) {
      pasted.files?.catch(() => {}); // Nobody waits for them.
      return;
    }
    event.preventDefault();
    if (pasted.files === undefined) onPaste(pasted.text);
    else onDrop(pasted, undefined);
  });
  return () => listeners.abort();
}

/** The browser itself handles text dragged into a text box. */
function isForPage(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  return !isTextBox(event.target) && (types.includes("text/uri-list") || types.includes("text/plain"));
}

function isLinkBox(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.id === "link";
}

function isTextBox(target: EventTarget | null): target is HTMLElement {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && /^(text|search|password)$/.test(target.type) && !target.readOnly)
  );
}
