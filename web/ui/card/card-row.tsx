import { CopyBox } from "../copy-box.tsx";
import { FileName } from "../file-name.tsx";
import { Icon, type IconName } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { percent } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import type { CardActions } from "./card-actions.tsx";
import { CardProgress } from "./card-head.tsx";
import { namesOf } from "./card-links.tsx";
import type { CardView } from "./card-view.ts";
import { LockSign } from "./lock-sign.tsx";

interface CardRowProps {
  readonly view: CardView;
  readonly actions: CardActions;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly onExpand: () => void;
}

/** A torrent on one line: what it is, how far, and the one thing that people want to do with it. */
export function CardRow({ view, actions, isSelected, onSelect, onExpand }: CardRowProps) {
  const titleId = `title-${view.key}`;
  const link = view.shareLink ?? view.magnetLink;
  return (
    <>
      <CardProgress view={view} />
      <input
        type="checkbox"
        aria-label={texts.card.select(isolate(view.title))}
        checked={isSelected}
        onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
      />
      <span class="sign">
        <Icon name={view.icon} />
      </span>
      <h3 id={titleId}>
        <FileName name={view.title} />
      </h3>
      <p class="facts">
        <LockSign lock={view.lock} />
        <strong>{view.stateText}</strong>
        <span>{view.percent < 100 && view.state !== "metadata" ? percent(view.percent) : ""}</span>
        <span dir="auto">{view.mainFact}</span>
      </p>
      <div class="row">
        <MainAction view={view} actions={actions} />
        {link !== undefined && (
          <CopyBox {...namesOf(view)} value={link} describedBy={titleId} look="button" />
        )}
        <button
          type="button"
          class="button quiet turn"
          aria-expanded={false}
          aria-label={texts.card.expand(isolate(view.title))}
          onClick={onExpand}
        >
          <Icon name="chevron" />
        </button>
      </div>
    </>
  );
}

function MainAction({ view, actions }: Pick<CardRowProps, "view" | "actions">) {
  const { key } = view;
  const offer = (label: string, icon: IconName, act: (key: CardView["key"]) => void, look = "wanted") => (
    <button
      type="button"
      class={`button ${look}`}
      title={label}
      aria-describedby={`title-${key}`}
      onClick={() => act(key)}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
  if (view.start !== undefined) return offer(view.start, "play", actions.resume);
  if (view.needs === "permission") return offer(texts.card.continueSharing, "key", actions.continueSharing);
  if (view.canSave && !view.isSaved && view.savingPercent === undefined)
    return offer(view.fileCount > 1 ? texts.card.saveAll : texts.card.save, "download", actions.save);
  if (view.canResume) return offer(texts.card.resume, "play", actions.resume);
  if (view.canPause) return offer(texts.card.pause, "pause", actions.pause, "");
  return null;
}
