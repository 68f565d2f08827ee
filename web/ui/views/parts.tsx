import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { ours } from "../texts/engine-words.ts";
import { texts } from "../texts/texts.ts";
import { setTitle } from "../title.ts";

interface ViewProps {
  readonly title: string;
  /** Where the link above the title leads. */
  readonly back?: { readonly href: string; readonly text: string };
  readonly children: ComponentChildren;
}

/** The frame of a view. Its title takes the focus, so that screen readers say where the person is now; so does the list's after it. */
export function View({ title, back, children }: ViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    scrollTo(0, 0);
    return () => {
      setTitle("view", "");
      if (!/^#\/./.test(location.hash))
        requestAnimationFrame(() => document.getElementById("list-title")?.focus());
    };
  }, []);
  useEffect(() => setTitle("view", title), [title]);
  return (
    <main class="view" aria-labelledby="view-title">
      {back !== undefined && (
        <a class="back" href={back.href}>
          <Icon name="chevron" />
          {back.text}
        </a>
      )}
      <h1 id="view-title" ref={heading} tabIndex={-1}>
        <bdi>{title}</bdi>
      </h1>
      {children}
    </main>
  );
}

/** What went wrong and what to do, and a button to try it once more. */
export function Problem({ text, onRetry }: { readonly text: string; readonly onRetry?: () => void }) {
  return (
    <div class="warning" role="alert">
      <Icon name="warning" />
      <p {...ours(text)} />
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          {texts.views.tryAgain}
        </button>
      )}
    </div>
  );
}

/** What is there to do when a list is empty. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  /** A password: the browser hides it. */
  readonly isSecret?: boolean;
  readonly autocomplete?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly hint?: string;
}

let lastField = 0;

/** A labelled text box of a form. The form reads it by its name. */
export function Field({ label, isSecret = false, required = true, hint, ...rest }: FieldProps) {
  const [id] = useState(() => `field-${++lastField}`);
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  const box = { id, required, autocapitalize: "off", spellcheck: false, ...described, ...rest } as const;
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      {isSecret ? <input type="password" {...box} /> : <input type="text" {...box} />}
      {hint !== undefined && (
        <span id={`${id}-hint`} class="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

/** The text that somebody typed into a form's box. */
export function typed(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
