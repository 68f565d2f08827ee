import type { ComponentChildren } from "preact";

interface SectionProps {
  /** Unique in the dialog. */
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Settings about one thing, under a heading. */
export function Section({ id, title, children }: SectionProps) {
  return (
    <section aria-labelledby={`settings-${id}`}>
      <h3 id={`settings-${id}`}>{title}</h3>
      {children}
    </section>
  );
}
