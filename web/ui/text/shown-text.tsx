import { useEffect, useState } from "preact/hooks";
import type { Client, EntryKey } from "../../engine/client.ts";
import { CopyBox } from "../copy-box.tsx";
import { previewOf } from "../files/preview-kind.ts";
import { texts } from "../texts/texts.ts";
import { onlyLink } from "./typed-text.ts";

interface ShownTextProps {
  readonly client: Client;
  /** Of one file, which is complete and no larger than `MAX_TEXT_BYTES`. */
  readonly entryKey: EntryKey;
  readonly titleId: string;
  /** The person's own: its link is what they want to copy. */
  readonly isOwn: boolean;
}

/** The text of a torrent that is nothing else, to be read and copied. It shows nothing if the file is no text. */
export function ShownText({ client, entryKey, titleId, isOwn }: ShownTextProps) {
  const text = useText(client, entryKey);
  if (text === undefined) return null;
  const link = onlyLink(text);
  return (
    <div class={isOwn ? "shown-text own" : "shown-text"}>
      <CopyBox
        label={texts.text.shown}
        button={texts.text.copy}
        value={text}
        describedBy={titleId}
        look="whole"
      />
      {link !== undefined && (
        <a class="button" href={link.href} target="_blank" rel="noopener noreferrer">
          {texts.text.openHost(link.host)}
        </a>
      )}
    </div>
  );
}

function useText(client: Client, key: EntryKey): string | undefined {
  const [text, setText] = useState<string | undefined>();
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      const file = await client.readFile(key, 0);
      const preview = file && (await previewOf(file).catch(() => undefined)); // The storage may be gone by now.
      if (!isOver && preview?.type === "text") setText(preview.text);
    };
    void read();
    return () => {
      isOver = true;
    };
  }, [client, key]);
  return text;
}
