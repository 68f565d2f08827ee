import { signal } from "@preact/signals-core";
import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import { BUG_SENTENCE } from "./bug-sentence.ts";
import type { Notice } from "./client.ts";

/** The notices of the page, and the functions that add and dismiss them. */
export function newNotices() {
  const notices = signal<readonly Notice[]>([]);
  let last = 0;

  const say = (kind: Notice["kind"], text: string, lasts = false): Notice["id"] => {
    notices.value = [...notices.value, { id: ++last, kind, text: printable(text), lasts }];
    return last;
  };
  /** An error that lasts. */
  const warn = (text: string): Notice["id"] => say("error", text, true);
  /** One sentence, even for several bugs. */
  const tellOfBug = (): void => {
    if (!notices.value.some(({ text }) => text === BUG_SENTENCE)) warn(BUG_SENTENCE);
  };
  /** The console gets the whole error, and the person the sentence. */
  const reportBug: ReportBug = (error) => {
    reportError(error);
    tellOfBug();
    return BUG_SENTENCE;
  };
  /** The sentence about a mistake of a person, a peer or a browser. Anything else is a bug, and is reported. */
  const explain = (error: unknown): string | undefined => {
    const isExplained =
      error instanceof UsageError || error instanceof ProtocolError || error instanceof StorageError;
    if (isExplained) return printable(error.message);
    if (error instanceof DOMException && error.name === "AbortError") return undefined; // The person changed their mind.
    return reportBug(error);
  };
  /** The same as a notice. */
  const excuse = (error: unknown, lasts = false): void => {
    const sentence = explain(error);
    if (sentence !== undefined && sentence !== BUG_SENTENCE) say("error", sentence, lasts);
  };
  const dismiss = (id: Notice["id"]): void => {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  };
  return { notices, say, warn, tellOfBug, reportBug, explain, excuse, dismiss };
}
