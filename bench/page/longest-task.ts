import type { Page } from "@playwright/test";
import type { Figures } from "../report/measure.ts";

/** Where Chromium traces what runs on a thread. */
const CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"];
/** Its names for one task, by version. */
const TASKS = new Set(["RunTask", "ThreadControllerImpl::RunTask"]);

/** An event of a trace (Chromium's trace event format), with its times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task on a page's own thread while something is done to it, on the clock and in processor time. */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<Figures> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("Chromium has ended.");
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(thread),
  );
  const tasks = traceEvents.filter((event) => TASKS.has(event.name) && main.has(thread(event)));
  if (tasks.length === 0) throw new Error("Chromium's trace names no task of the page.");
  const most = (of: (event: TraceEvent) => number | undefined): number =>
    tasks.reduce((longest, event) => Math.max(longest, of(event) ?? 0), 0) / 1000;
  return { "ms, longest task": most(({ dur }) => dur), "ms of CPU, longest task": most(({ tdur }) => tdur) };
}
