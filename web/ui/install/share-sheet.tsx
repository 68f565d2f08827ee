import { useEffect, useRef, useState } from "preact/hooks";
import type { Arrival, Client, PickedFile } from "../../engine/client.ts";
import { FileName } from "../file-name.tsx";
import { formatBytes } from "../format.ts";
import { addPicked, isTorrentFile } from "../pick.ts";
import * as texts from "./texts.ts";

/** The rest is a number: nobody checks hundreds of photos by their names. */
const MAX_NAMES = 8;

interface ShareSheetProps {
  readonly client: Client;
  /** What came could not be kept. */
  readonly isLost: boolean;
  readonly onDone: () => void;
}

/** Asks what to do with what other apps have shared with this page. Nothing goes out before the answer: any website can send it. */
export function ShareSheet({ client, isLost, onDone }: ShareSheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [arrivals, setArrivals] = useState<readonly Arrival[] | undefined>();
  const [hasLinks, setHasLinks] = useState(false);
  useEffect(() => {
    const read = async (): Promise<void> => {
      const waiting = isLost ? [] : await client.arrivals();
      setHasLinks((await client.infoHashesIn(textOf(waiting))).length > 0);
      setArrivals(waiting);
    };
    void read();
  }, []);
  useEffect(() => {
    if (arrivals !== undefined) dialog.current?.showModal();
  }, [arrivals]);
  if (arrivals === undefined) return null;

  const files = filesOf(arrivals, !hasLinks);
  const own = files.filter((one) => !isTorrentFile(one)).length;
  const opens = hasLinks || own < files.length;
  const isEmpty = files.length === 0 && !hasLinks;
  const answer = (isWanted: boolean): void => {
    for (const arrival of arrivals) arrival.answer(isWanted);
    if (isWanted && hasLinks) client.addLink(textOf(arrivals));
    if (isWanted) addPicked(client, files);
    onDone();
  };
  return (
    <dialog ref={dialog} class="share-sheet" aria-labelledby="shared-title" onClose={() => answer(false)}>
      <h2 id="shared-title">{isEmpty ? texts.NOTHING_CAME : texts.sheetTitle(own, opens)}</h2>
      <div class="consequences">
        {isEmpty && <p>{isLost ? texts.LOST : texts.NOTHING_CAME_TEXT}</p>}
        {files.length > 0 && (
          <SheetFiles files={files} leftOut={arrivals.reduce((sum, one) => sum + one.leftOut, 0)} />
        )}
        {!isEmpty && <p>{own === 0 ? texts.LINK_CAME : texts.FILES_CAME}</p>}
      </div>
      <div class="row">
        {!isEmpty && (
          <button type="button" class="button strong" autofocus onClick={() => answer(true)}>
            {texts.accept(own, opens)}
          </button>
        )}
        <button type="button" class="button quiet" onClick={() => answer(false)}>
          {isEmpty ? texts.CLOSE : texts.CANCEL}
        </button>
      </div>
    </dialog>
  );
}

function SheetFiles({ files, leftOut }: { readonly files: readonly PickedFile[]; readonly leftOut: number }) {
  const more = files.length - MAX_NAMES;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <>
      <ul>
        {files.slice(0, MAX_NAMES).map(({ path, file }) => (
          <li key={path}>
            <FileName name={path} /> <span class="hint">{formatBytes(file.size)}</span>
          </li>
        ))}
        {more > 0 && <li>{texts.andMore(more)}</li>}
      </ul>
      {files.length > 1 && <p class="hint">{texts.together(formatBytes(bytes))}</p>}
      {leftOut > 0 && <p class="warning">{texts.tooMany(leftOut)}</p>}
    </>
  );
}

function textOf(arrivals: readonly Arrival[]): string {
  return arrivals.map(({ text }) => text).join("\n");
}

function filesOf(arrivals: readonly Arrival[], withTexts: boolean): readonly PickedFile[] {
  return arrivals.flatMap(({ files, textFile }) =>
    withTexts && textFile !== undefined ? [...files, textFile] : files,
  );
}
