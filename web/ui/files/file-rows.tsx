import type { FileView } from "#shared/session/view.ts";
import { type Client, type EntryKey, mediaTypeOf } from "../../engine/client.ts";
import { FileName } from "../file-name.tsx";
import { Icon } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import type { Chosen } from "./chosen.ts";
import { amountHere } from "./file-texts.ts";
import type { Folder } from "./file-tree.ts";
import { PlayButton } from "./play-button.tsx";

interface RowProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly files: readonly FileView[];
  /** Bytes of each file that are here, by its number. */
  readonly here: readonly number[] | undefined;
  readonly chosen: Chosen;
  readonly canChoose: boolean;
  readonly choose: (places: readonly number[], change: { isChosen?: boolean; isFirst?: boolean }) => void;
}

interface FolderRowProps extends RowProps {
  readonly folder: Folder;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function FolderRow({
  files,
  here,
  chosen,
  canChoose,
  choose,
  folder,
  isOpen,
  onToggle,
}: FolderRowProps) {
  const { all, name, depth, path } = folder;
  let [bytes, bytesHere, count, firsts] = [0, 0, 0, 0];
  for (const at of all) {
    const file = files[at];
    bytes += file?.bytes ?? 0;
    bytesHere += here?.[file?.index ?? -1] ?? 0;
    if (chosen.isChosen(at)) count += 1;
    if (chosen.isFirst(at)) firsts += 1;
  }
  const isAll = count === all.length;
  return (
    <li class="tree-row" style={{ "--depth": depth }} data-path={path}>
      {canChoose && (
        <Box
          name={name}
          isChecked={isAll}
          isMixed={count > 0 && !isAll}
          onChange={(isChosen) => choose(all, { isChosen })}
        />
      )}
      <button type="button" class="tree-folder" aria-expanded={isOpen} onClick={onToggle}>
        <Icon name="chevron" />
        <FileName name={name} />
      </button>
      <span class="amount">{amountHere(bytes, bytesHere)}</span>
      {canChoose && bytesHere < bytes && (
        <First name={name} isFirst={firsts === all.length} onChange={(isFirst) => choose(all, { isFirst })} />
      )}
    </li>
  );
}

interface FileRowProps extends RowProps {
  readonly at: number;
  readonly name: string;
  readonly depth: number;
  readonly onSave: (index: number) => void;
  readonly onPreview: (index: number) => void;
}

export function FileRow(props: FileRowProps) {
  const { client, entryKey, files, here, chosen, canChoose, choose, at, name, depth, onSave, onPreview } =
    props;
  const { bytes = 0, index = -1 } = files[at] ?? {};
  const isHere = here !== undefined && (here[index] ?? 0) >= bytes;
  const isPlayable = mediaTypeOf(name) !== undefined;
  return (
    <li class="tree-row" style={{ "--depth": depth }}>
      {canChoose && (
        <Box
          name={name}
          isChecked={chosen.isChosen(at)}
          isMixed={false}
          onChange={(isChosen) => choose([at], { isChosen })}
        />
      )}
      <FileName name={name} />
      <span class="amount">{amountHere(bytes, here?.[index])}</span>
      {canChoose && !isHere && (
        <First name={name} isFirst={chosen.isFirst(at)} onChange={(isFirst) => choose([at], { isFirst })} />
      )}
      {isPlayable && (isHere || chosen.isChosen(at)) && <PlayButton {...{ client, entryKey, index, name }} />}
      {isHere && !isPlayable && (
        <button
          type="button"
          class="button quiet"
          aria-label={texts.files.previewOf(isolate(name))}
          onClick={() => onPreview(index)}
        >
          {texts.files.preview}
        </button>
      )}
      {isHere && canChoose && (
        <button
          type="button"
          class="button quiet"
          aria-label={texts.files.saveOf(isolate(name))}
          onClick={() => onSave(index)}
        >
          {texts.files.save}
        </button>
      )}
    </li>
  );
}

interface BoxProps {
  readonly name: string;
  readonly isChecked: boolean;
  readonly isMixed: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function Box({ name, isChecked, isMixed, onChange }: BoxProps) {
  return (
    <input
      type="checkbox"
      aria-label={name}
      checked={isChecked}
      indeterminate={isMixed}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
  );
}

interface FirstProps {
  readonly name: string;
  readonly isFirst: boolean;
  readonly onChange: (isFirst: boolean) => void;
}

function First({ name, isFirst, onChange }: FirstProps) {
  return (
    <button
      type="button"
      class="button quiet first"
      aria-label={texts.files.firstOf(isolate(name))}
      aria-pressed={isFirst}
      onClick={() => onChange(!isFirst)}
    >
      {texts.files.first}
    </button>
  );
}
