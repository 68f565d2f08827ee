import { Icon } from "../icons.tsx";
import { percentParts } from "../texts/intl.ts";
import type { CardView } from "./card-view.ts";
import { LockSign } from "./lock-sign.tsx";

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
            <bdi>{view.title}</bdi>
          </h3>
          <p class="facts">
            <LockSign lock={view.lock} />
            <strong>{view.stateText}</strong>
            {view.facts.split(" · ").map((fact) => (
              <bdi key={fact}>{fact}</bdi>
            ))}
          </p>
        </div>
        <span class="percent" aria-hidden="true">
          {percentParts(view.percent).map(({ type, value }) =>
            type === "percentSign" ? <small key={type}>{value}</small> : value,
          )}
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
