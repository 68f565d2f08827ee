import type { Client, EntryKey, PickedFile } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { PickControl } from "../pick-control.tsx";
import { percent } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import type { CardView } from "./card-view.ts";

/** The actions of a card's buttons. */
export interface CardActions {
  readonly pause: (key: EntryKey) => void;
  readonly resume: (key: EntryKey) => void;
  readonly remove: (key: EntryKey) => void;
  readonly save: (key: EntryKey) => void;
  /** Undefined: this browser cannot write into a folder. */
  readonly saveToFolder: ((key: EntryKey) => void) | undefined;
  readonly saveTorrentFile: (key: EntryKey) => void;
  readonly continueSharing: (key: EntryKey) => void;
  readonly supplyFiles: (key: EntryKey, files: Promise<readonly PickedFile[]>) => void;
  readonly openConnectionSettings: () => void;
  readonly client: Client;
}

interface CardButtonsProps {
  readonly view: CardView;
  readonly actions: CardActions;
  /** Its details are shown. */
  readonly open: boolean;
  readonly onToggle: () => void;
  /** Makes a row of it again. Undefined: it is no row. */
  readonly onLess: (() => void) | undefined;
}

/** The buttons of a card: what its state asks for, and what one can do at any time. */
export function CardButtons({ view, actions, open, onToggle, onLess }: CardButtonsProps) {
  const { key, needs, savingPercent } = view;
  const named = { type: "button", "aria-describedby": `title-${key}` } as const;
  return (
    <div class="actions row">
      {needs === "permission" && (
        <button {...named} class="button strong" onClick={() => actions.continueSharing(key)}>
          <Icon name="key" />
          {texts.card.continueSharing}
        </button>
      )}
      {needs === "files" && <SelectAgain view={view} actions={actions} />}
      {view.canSave && (
        <button
          {...named}
          class={view.isSaved ? "button" : "button strong large"}
          disabled={savingPercent !== undefined}
          onClick={() => actions.save(key)}
        >
          <Icon name="download" />
          {view.fileCount > 1 ? texts.card.saveAll : texts.card.save}
        </button>
      )}
      {view.canSave && actions.saveToFolder !== undefined && savingPercent === undefined && (
        <button {...named} class="button" onClick={() => actions.saveToFolder?.(key)}>
          <Icon name="folder" />
          {texts.card.saveToFolder}
        </button>
      )}
      <span class="saving">{savingPercent !== undefined && texts.card.saving(percent(savingPercent))}</span>
      {view.canPause && (
        <button {...named} class="button" onClick={() => actions.pause(key)}>
          <Icon name="pause" />
          {texts.card.pause}
        </button>
      )}
      {view.start !== undefined && (
        <button {...named} class="button strong large" onClick={() => actions.resume(key)}>
          <Icon name="play" />
          {view.start}
        </button>
      )}
      {view.canResume && (
        <button {...named} class="button strong" onClick={() => actions.resume(key)}>
          <Icon name="play" />
          {texts.card.resume}
        </button>
      )}
      <span class="row more">
        {onLess !== undefined && (
          <button {...named} class="button quiet turn" aria-expanded={true} onClick={onLess}>
            <Icon name="chevron" />
            {texts.card.less}
          </button>
        )}
        {view.state !== "hashing" && (
          <button
            {...named}
            class="button quiet"
            aria-expanded={open}
            aria-controls={`details-${key}`}
            onClick={onToggle}
          >
            <Icon name="chevron" />
            {texts.card.details}
          </button>
        )}
        {(view.state !== "hashing" || actions.client.daemon === undefined) && (
          <button {...named} class="button quiet" onClick={() => actions.remove(key)}>
            <Icon name="close" />
            {texts.card.remove}
          </button>
        )}
      </span>
    </div>
  );
}

/** The person may have chosen several files or a folder, and knows which. */
function SelectAgain({ view, actions }: { readonly view: CardView; readonly actions: CardActions }) {
  const supply = (files: Promise<readonly PickedFile[]>): void => actions.supplyFiles(view.key, files);
  if (view.fileCount <= 1) {
    return (
      <PickControl label={texts.card.selectFile} icon="file" kind="files" class="strong" onPick={supply} />
    );
  }
  return (
    <>
      <PickControl
        label={texts.card.selectFolder}
        icon="folder"
        kind="folder"
        class="strong"
        onPick={supply}
      />
      <PickControl label={texts.card.selectFiles} icon="file" kind="files" onPick={supply} />
    </>
  );
}
