import type { RtcPlatform } from "#shared/driver/rtc.ts";
import { loadAgain } from "../load-again.ts";
import { loaded } from "../load-later.ts";
import type { FromEngine, Say, ToEngine } from "./messages.ts";

/** How the page and its engine hear each other. */
export interface EngineLine {
  /** Whether the engine runs in a worker. */
  readonly isWorker: boolean;
  readonly say: Say<ToEngine>;
  /** The engine says nothing before it has been started. */
  listen(hear: (message: FromEngine) => void): void;
  /** Resolves if the worker ends without a word, as for lack of memory. Plain http has no locks, so there the page does not notice. */
  readonly died: Promise<void>;
}

/**
 * Starts the engine's worker. Undefined: there are no workers here, or data channels cannot go to one (Chromium before 130, Firefox
 * before 144), or its code does not arrive, so the engine has to run on the page.
 */
export async function startWorker(): Promise<EngineLine | undefined> {
  if (typeof Worker !== "function") return undefined;
  return loadAgain(loadWorker).catch(() => undefined);
}

/** Rejects if the worker's code does not arrive. */
function loadWorker(): Promise<EngineLine | undefined> {
  return new Promise((resolve, reject) => {
    const name = `tabswarm.engine.${Math.random()}`;
    const worker = new Worker(new URL("./engine-worker.ts", import.meta.url), { type: "module", name });
    worker.onerror = (event) => {
      event.preventDefault(); // It is not an error of the page: the code is loaded again.
      reject();
    };
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if (data.type === "ready" && data.takesChannels) return resolve(lineTo(worker, name));
      worker.terminate();
      resolve(undefined);
    };
  });
}

/** Runs the engine on the page. What it says arrives later, as from a worker. Undefined: this browser has no WebRTC. */
export async function startOnPage(rtc: RtcPlatform | undefined): Promise<EngineLine> {
  const { hostEngine } = await loaded(import("./engine-host.ts"));
  let tell = (_: FromEngine): void => {};
  const say = hostEngine((message) => queueMicrotask(() => tell(message)), { platform: rtc });
  return {
    isWorker: false,
    died: new Promise(() => {}),
    say,
    listen: (hear) => {
      tell = hear;
    },
  };
}

function lineTo(worker: Worker, name: string): EngineLine {
  return {
    isWorker: true,
    died: endOf(name),
    say: (message, given = []) => worker.postMessage(message, [...given]),
    listen(hear) {
      worker.onmessage = ({ data }: MessageEvent<FromEngine>) => hear(data);
      worker.onerror = (event) => {
        event.preventDefault(); // `bug` reports it.
        hear({ type: "bug", error: event.error ?? new Error(event.message) });
      };
    },
  };
}

/** The worker holds a lock as long as it lives: browsers tell of its end in no other way. */
async function endOf(name: string): Promise<void> {
  const { locks }: Partial<Navigator> = navigator;
  if (locks === undefined) return new Promise(() => {});
  await locks.request(name, () => {});
}
