import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, StorageUse, StoredTorrent } from "../../engine/client.ts";
import { formatBytes } from "../format.ts";
import { isolate } from "../isolate.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { texts } from "../texts/texts.ts";
import { FreeButton } from "./free-button.tsx";
import { Section } from "./section.tsx";
import * as sums from "./storage-texts.ts";

/** So many of the largest are shown at first: the rest takes little. */
const SHOWN = 8;

/** What the browser stores, of which torrents, and how to delete it. */
export function StorageSection({ client }: { readonly client: Client }) {
  const [use, setUse] = useState<StorageUse | "unknown" | "none">("unknown");
  const [said, setSaid] = useState<{ readonly isProblem: boolean; readonly sentence: string }>();
  const [showsAll, setShowsAll] = useState(false);
  const total = useRef<HTMLParagraphElement>(null);
  const look = async (): Promise<readonly StoredTorrent[]> => {
    const found = await client.storageUse();
    setUse(found ?? "none");
    return found?.torrents ?? [];
  };
  useEffect(() => void look(), []);
  const free = async (stored: readonly StoredTorrent[]): Promise<void> => {
    total.current?.focus(); // The button that had the focus goes.
    const ids = new Set(stored.map(({ storageId }) => storageId));
    const problem = await client.freeStorage([...ids]);
    const left = (await look()).filter(({ storageId }) => ids.has(storageId));
    const freed = sums.bytesOf(stored) - sums.bytesOf(left);
    setSaid({
      isProblem: problem !== undefined,
      sentence: (problem && inOurWords(problem)) ?? texts.storage.freed(formatBytes(freed)),
    });
  };
  const torrents = typeof use === "string" ? [] : use.torrents;
  const removed = torrents.filter(({ place }) => place === "removed");
  const freeAll = texts.storage.freeRemoved(removed.length, formatBytes(sums.bytesOf(removed)));
  const shown = showsAll ? torrents : torrents.slice(0, SHOWN);
  return (
    <Section id="storage" title={texts.storage.title}>
      <p class="hint">{texts.storage.note}</p>
      <p ref={total} tabIndex={-1}>
        {use === "unknown" ? texts.storage.counting : use === "none" ? texts.storage.none : sums.total(use)}
      </p>
      {said !== undefined && (
        <p class={said.isProblem ? "problem" : "hint"} role={said.isProblem ? "alert" : "status"}>
          {said.sentence}
        </p>
      )}
      <ul class="stored">
        {shown.map((one) => (
          <li key={one.storageId}>
            <span>
              <strong>
                <bdi>{one.name}</bdi>
              </strong>{" "}
              {sums.storedOf(one)}
            </span>
            {one.place !== "elsewhere" && (
              <FreeButton
                label={texts.storage.free}
                name={texts.storage.freeOf(isolate(one.name))}
                consequences={sums.consequences(one)}
                yes={texts.storage.freeIt}
                onFree={() => void free([one])}
              />
            )}
          </li>
        ))}
      </ul>
      {shown.length < torrents.length && (
        <button type="button" class="button" onClick={() => setShowsAll(true)}>
          {texts.storage.more(torrents.length - shown.length)}
        </button>
      )}
      {removed.length > 1 && (
        <FreeButton
          label={freeAll}
          name={freeAll}
          consequences={sums.consequencesOfAll(removed)}
          yes={texts.storage.freeThem}
          onFree={() => void free(removed)}
        />
      )}
    </Section>
  );
}
