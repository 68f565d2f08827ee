import { signal } from "@preact/signals-core";
import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import type { Notice } from "./client.ts";

const BUG =
  "Something went wrong in this page, and it is not your fault. Reload it; if that does not help, report what the browser's console says.";

/** The notices of the page, and the functions that add and dismiss them. */
export function newNotices() {
  const notices = signal<readonly Notice[]>([]);
  let last = 0;

  const say = (kind: Notice["kind"], text: string): Notice["id"] => {
    notices.value = [...notices.value, { id: ++last, kind, text: printable(text) }];
    return last;
  };
  /** The console gets the whole error. The person gets one sentence, even for several bugs. */
  const reportBug: ReportBug = (error) => {
    reportError(error);
    if (!notices.value.some(({ text }) => text === BUG)) say("error", BUG);
    return BUG;
  };
  /** Turns mistakes of people, peers and browsers into notices. Anything else is a bug. */
  const excuse = (error: unknown): void => {
    const isExplained =
      error instanceof UsageError || error instanceof ProtocolError || error instanceof StorageError;
    if (isExplained) return void say("error", error.message);
    if (error instanceof DOMException && error.name === "AbortError") return; // The person changed their mind.
    reportBug(error);
  };
  const dismiss = (id: Notice["id"]): void => {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  };
  return { notices, say, reportBug, excuse, dismiss };
}
