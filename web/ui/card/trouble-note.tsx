import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import type { CardActions } from "./card-actions.tsx";
import type { CardView } from "./card-view.ts";

interface TroubleNoteProps {
  readonly view: CardView;
  readonly actions: CardActions;
}

/** Why nothing moves, and the one thing to do about it, in place of what the card says otherwise. */
export function TroubleNote({ view, actions }: TroubleNoteProps) {
  const isAlarming = view.trouble === "alarming";
  return (
    <div class={isAlarming ? "trouble warning" : "trouble"} data-remedy={view.remedy}>
      {isAlarming && <Icon name="warning" />}
      <p class="sentence">{view.sentence}</p>
      <RemedyButton view={view} actions={actions} />
    </div>
  );
}

function RemedyButton({ view, actions }: TroubleNoteProps) {
  const describedBy = `title-${view.key}`;
  const button = (label: string, act: () => void) => (
    <button type="button" class="button" aria-describedby={describedBy} onClick={act}>
      {label}
    </button>
  );
  switch (view.remedy) {
    case "tryNow":
      return button(texts.trouble.tryNow, () => actions.client.tryNow());
    case "addTurn":
      return button(texts.trouble.addTurn, actions.openConnectionSettings);
    case "openElsewhere":
      return (
        <a class="button" href={view.magnetLink ?? ""} aria-describedby={describedBy}>
          {texts.trouble.openElsewhere}
        </a>
      );
    case undefined:
      return null;
  }
}
