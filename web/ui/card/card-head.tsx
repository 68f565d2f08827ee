import { Icon } from "../icons.tsx";
import type { CardView } from "./card-view.ts";

/** What a card says at a glance: how far, what, and how fast. */
export function CardHead({ view }: { readonly view: CardView }) {
  const titleId = `title-${view.key}`;
  return (
    <>
      <CardProgress view={view} />
      <header>
        <span class="sign">
          <Icon name={view.icon} />
        </span>
        <div class="heading">
          <h3 id={titleId} title={view.title}>
            {view.title}
          </h3>
          <p class="facts">
            <strong>{view.stateText}</strong>
            {view.facts.split(" · ").map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </p>
        </div>
        <span class="percent" aria-hidden="true">
          {view.percent}
          <small>%</small>
        </span>
      </header>
    </>
  );
}

/** How far it is. It stands first in each card. */
export function CardProgress({ view }: { readonly view: CardView }) {
  return (
    <div
      class="progress"
      role="progressbar"
      aria-labelledby={`title-${view.key}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={view.percent}
      style={{ "--done": view.percent / 100 }}
    >
      <div />
    </div>
  );
}
