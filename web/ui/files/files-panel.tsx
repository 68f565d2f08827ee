import { useEffect, useMemo, useState } from "preact/hooks";
import type { TorrentView } from "#shared/session/view.ts";
import { type Client, type EntryKey, mediaTypeOf } from "../../engine/client.ts";
import { formatBytes } from "../format.ts";
import { later } from "../later.tsx";
import { texts } from "../texts/texts.ts";
import { type Chosen, changed, choiceOf } from "./chosen.ts";
import { FileRow, FolderRow } from "./file-rows.tsx";
import { folderTree, rowsOf } from "./file-tree.ts";
import { useChosen } from "./pending-choice.ts";
import type { PreviewDialogProps } from "./preview-dialog.tsx";

const PreviewDialog = later(async () => (await import("./preview-dialog.tsx")).PreviewDialog);

/** So many lines are drawn without delay. */
export const ROWS_AT_ONCE = 300;

export interface FilesPanelProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly torrent: TorrentView;
  /** It is a download, not the person's own files. */
  readonly canChoose: boolean;
  readonly labelledBy: string;
}

/** The files of a torrent in their folders: how much of each is here, which to fetch, and which first. */
export function FilesPanel({ client, entryKey, torrent, canChoose, labelledBy }: FilesPanelProps) {
  const { files, linksLeftOut, infoHash } = torrent;
  const tree = useMemo(() => folderTree(files), [infoHash, files.length]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(tree.folders.keys()));
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const [chosen, setChosen] = useChosen(files);
  const here = useBytesHere(client, entryKey, torrent);
  const [previewed, setPreviewed] = useState<number>();
  const { rows, more } = useMemo(() => rowsOf(tree, files, open, most), [tree, open, most]);
  if (files.length === 0) return <p class="note">{texts.files.notKnown}</p>;

  const choose = (places: readonly number[], change: { isChosen?: boolean; isFirst?: boolean }): void => {
    const choice = choiceOf(files, changed(chosen, places, change));
    setChosen(choice);
    client.chooseFiles(entryKey, choice);
  };
  const toggle = (path: string): void =>
    setOpen(
      (paths) => new Set(paths.has(path) ? [...paths].filter((one) => one !== path) : [...paths, path]),
    );
  const save = (index: number): void => client.saveFile(entryKey, index);
  const shared = { client, entryKey, files, here, chosen, canChoose, choose };
  return (
    <div class="files-panel">
      {canChoose && <Summary {...{ torrent, chosen }} onAll={(isChosen) => choose(tree.all, { isChosen })} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard. */}
      <ul class="tree" aria-labelledby={labelledBy} tabIndex={0}>
        {rows.map((row) =>
          row.type === "folder" ? (
            <FolderRow
              key={`${row.folder.path}/`}
              {...shared}
              {...row}
              onToggle={() => toggle(row.folder.path)}
            />
          ) : (
            <FileRow key={files[row.at]?.path} {...shared} {...row} onPreview={setPreviewed} onSave={save} />
          ),
        )}
      </ul>
      {more > 0 && (
        <p class="note">
          {texts.files.andMore(more)}{" "}
          <button type="button" class="button quiet" onClick={() => setMost(most + ROWS_AT_ONCE)}>
            {texts.files.showMore}
          </button>
        </p>
      )}
      {previewed !== undefined && (
        <PreviewDialog
          {...{ client, entryKey }}
          first={previewed}
          files={completeFiles(rows, files, here)}
          onSave={canChoose ? save : undefined}
          onClose={() => setPreviewed(undefined)}
        />
      )}
      {linksLeftOut > 0 && <p class="note">{texts.files.linksLeftOut(linksLeftOut)}</p>}
    </div>
  );
}

/** Those in view of which every byte is here. */
function completeFiles(
  rows: ReturnType<typeof rowsOf>["rows"],
  files: TorrentView["files"],
  here: readonly number[] | undefined,
): PreviewDialogProps["files"] {
  return rows.flatMap((row) => {
    const file = row.type === "file" ? files[row.at] : undefined;
    const isHere = row.type === "file" && file !== undefined && (here?.[file.index] ?? -1) >= file.bytes;
    if (!isHere || mediaTypeOf(row.name) !== undefined) return [];
    return [{ index: file.index, name: row.name }];
  });
}

interface SummaryProps {
  readonly torrent: TorrentView;
  readonly chosen: Chosen;
  readonly onAll: (isChosen: boolean) => void;
}

function Summary({ torrent: { files }, chosen, onAll }: SummaryProps) {
  const wanted = files.filter((_, at) => chosen.isChosen(at));
  const bytes = wanted.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <div class="row">
      <span role="status">
        {wanted.length === 0
          ? texts.files.noneChosen
          : texts.files.chosen(wanted.length, files.length, formatBytes(bytes))}
      </span>
      <button type="button" class="button quiet" onClick={() => onAll(true)}>
        {texts.files.all}
      </button>
      <button type="button" class="button quiet" onClick={() => onAll(false)}>
        {texts.files.none}
      </button>
    </div>
  );
}

/** How much of each file is here. Asked again only when pieces have come. */
function useBytesHere(client: Client, key: EntryKey, torrent: TorrentView): readonly number[] | undefined {
  const [here, setHere] = useState<readonly number[] | undefined>();
  useEffect(() => {
    let isOver = false;
    void client.bytesOfFiles(key).then((bytes) => isOver || setHere(bytes));
    return () => {
      isOver = true;
    };
  }, [client, key, torrent.piecesHeld, torrent.files.length]);
  return here;
}
