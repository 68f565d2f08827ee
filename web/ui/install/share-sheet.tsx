import { useEffect, useRef, useState } from "preact/hooks";
import type { Arrival, Client, PickedFile } from "../../engine/client.ts";
import { EncryptSwitch } from "../encrypt-switch.tsx";
import { FileName } from "../file-name.tsx";
import { formatBytes } from "../format.ts";
import { addPicked, isTorrentFile } from "../pick.ts";
import { texts } from "../texts/texts.ts";

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
      <h2 id="shared-title">{isEmpty ? texts.app.nothingCame : sheetTitle(own, opens)}</h2>
      <div class="consequences">
        {isEmpty && <p>{isLost ? texts.app.lost : texts.app.nothingCameText}</p>}
        {files.length > 0 && (
          <SheetFiles files={files} leftOut={arrivals.reduce((sum, one) => sum + one.leftOut, 0)} />
        )}
        {!isEmpty && <p>{own === 0 ? texts.app.linkCame : texts.app.filesCame}</p>}
        {own > 0 && <EncryptSwitch client={client} />}
      </div>
      <div class="row">
        {!isEmpty && (
          <button type="button" class="button strong" autofocus onClick={() => answer(true)}>
            {acceptLabel(own, opens)}
          </button>
        )}
        <button type="button" class="button quiet" onClick={() => answer(false)}>
          {isEmpty ? texts.buttons.close : texts.buttons.cancel}
        </button>
      </div>
    </dialog>
  );
}

/** `files`: those to share. `opens`: the rest opens as a download. */
function sheetTitle(files: number, opens: boolean): string {
  if (files === 0) return texts.app.openQuestion;
  return opens ? texts.app.shareAndOpenQuestion(files) : texts.app.shareQuestion(files);
}

function acceptLabel(files: number, opens: boolean): string {
  if (files === 0) return texts.app.openIt;
  return opens ? texts.app.shareAndOpen : texts.app.shareThem(files);
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
        {more > 0 && <li>{texts.app.andMore(more)}</li>}
      </ul>
      {files.length > 1 && <p class="hint">{texts.app.together(formatBytes(bytes))}</p>}
      {leftOut > 0 && <p class="warning">{texts.app.leftOut(leftOut)}</p>}
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
