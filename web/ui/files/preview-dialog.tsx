import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, EntryKey } from "../../engine/client.ts";
import { FileName } from "../file-name.tsx";
import { texts } from "../texts/texts.ts";
import { type Preview, previewOf } from "./preview-kind.ts";

export interface PreviewDialogProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  /** The complete files, in the order of the list. */
  readonly files: readonly { readonly index: number; readonly name: string }[];
  /** The number of the file to show first. */
  readonly first: number;
  /** Undefined: they are the person's own files. */
  readonly onSave: ((index: number) => void) | undefined;
  readonly onClose: () => void;
}

/** Shows pictures and text out of a torrent. Nothing of them runs: pictures are in an `img`, all else is plain text. */
export function PreviewDialog({ client, entryKey, files, first, onSave, onClose }: PreviewDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(first);
  useEffect(() => dialog.current?.showModal(), []);
  const at = files.findIndex((file) => file.index === index);
  const preview = usePreview(client, entryKey, index);
  const go = (step: number): void =>
    setIndex(files[(at + step + files.length) % files.length]?.index ?? index);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === "ArrowLeft") go(-1);
    if (key === "ArrowRight") go(1);
  };
  return (
    <dialog
      ref={dialog}
      class="preview"
      closedby="any"
      aria-labelledby="preview-title"
      onClose={onClose}
      onKeyDown={onKeyDown}
    >
      <h2 id="preview-title" aria-live="polite">
        <FileName name={files[at]?.name ?? ""} />
      </h2>
      <div class="preview-content">
        <Content key={index} preview={preview} name={files[at]?.name ?? ""} />
      </div>
      <div class="row">
        {files.length > 1 && (
          <>
            <button type="button" class="button" onClick={() => go(-1)}>
              {texts.files.previous}
            </button>
            <button type="button" class="button" onClick={() => go(1)}>
              {texts.files.next}
            </button>
          </>
        )}
        {onSave !== undefined && (
          <button type="button" class="button" onClick={() => onSave(index)}>
            {texts.files.saveThis}
          </button>
        )}
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.close}
        </button>
      </div>
    </dialog>
  );
}

type Read = Preview | "gone" | undefined;

function Content({ preview, name }: { readonly preview: Read; readonly name: string }) {
  if (preview === undefined) return <p class="note">{texts.files.reading}</p>;
  if (preview === "gone") return <p class="note">{texts.files.notReadable}</p>;
  switch (preview.type) {
    case "picture":
      return <Picture bytes={preview.bytes} name={name} />;
    case "text":
      return (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
          <pre tabIndex={0} dir="auto">
            {preview.text}
          </pre>
          {preview.isCut && <p class="note">{texts.files.textCut}</p>}
        </>
      );
    case "none":
      return <p class="note">{texts.files.noPreview[preview.why]}</p>;
  }
}

function Picture({ bytes, name }: { readonly bytes: Blob; readonly name: string }) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  if (isBroken) return <p class="note">{texts.files.noPreview.broken}</p>;
  return url === undefined ? null : <img src={url} alt={name} onError={() => setBroken(true)} />;
}

/** Undefined: not read yet. */
function usePreview(client: Client, key: EntryKey, index: number): Read {
  const [read, setRead] = useState<{ readonly index: number; readonly preview: Read }>();
  useEffect(() => {
    let isOver = false;
    const tell = (preview: Read): void => void (isOver || setRead({ index, preview }));
    client
      .readFile(key, index)
      .then(async (file) => tell(file === undefined ? "gone" : await previewOf(file)))
      .catch(() => tell("gone"));
    return () => {
      isOver = true;
    };
  }, [client, key, index]);
  return read?.index === index ? read.preview : undefined;
}
