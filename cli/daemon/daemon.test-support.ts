import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { PeerFlags } from "../flags/peer-flags.ts";
import { type DaemonOptions, type RunningDaemon, startDaemon } from "./main.ts";

/** A daemon of a test, which reaches nobody unless told so. */
export interface TestedDaemon extends RunningDaemon {
  readonly options: DaemonOptions;
  /** What it has warned of. */
  readonly warnings: readonly string[];
  /** What it has told the person. */
  readonly told: readonly string[];
  /** Asks the API. `headers` replace those that a program sends. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** An answer of the API; `json` is undefined if the body is not JSON. */
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  readonly json: any;
  readonly text: string;
}

const FLAGS = {
  tracker: [],
  host: "\u007f\u0000\u0000\u0001",
  port: 0,
  ...{ rtc: false, tcp: true, encryption: "allow", pex: false, lsd: false },
  ...{ dht: false, dhtBootstrap: [], json: false },
} as unknown as PeerFlags;

/** What a test wants of a daemon. */
interface DaemonWishes extends Partial<DaemonOptions> {
  readonly trackers?: readonly string[];
  /** Absent: it is closed when the test ends. */
  readonly cleanUp?: (close: () => Promise<void>) => void;
}

/** Starts a daemon with its state and downloads in a folder. */
export async function openDaemon(
  folder: string,
  { trackers = [], cleanUp = onTestFinished, ...wishes }: DaemonWishes = {},
): Promise<TestedDaemon> {
  const options: DaemonOptions = {
    ...{
      flags: { ...FLAGS, tracker: trackers as TrackerUrl[] },
      limits: {},
      wishes: { seeds: [], downloads: [] },
    },
    ...{ folder: join(folder, "downloads"), stateFolder: join(folder, "state") },
    ...{ watch: undefined, onComplete: undefined, pageFolder: undefined, version: "1.2.3" },
    api: { host: "127.0.0.1", port: 0 },
    ...wishes,
  };
  const warnings: string[] = [];
  const told: string[] = [];
  const run = { log: pino({ level: "silent" }), warn: (sentence: string) => void warnings.push(sentence) };
  const daemon = await startDaemon(options, run, (news) => void told.push(news.text));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= daemon.close();
    return closing;
  };
  cleanUp(close);
  const authorization = `Bearer ${daemon.token}`;
  return {
    ...daemon,
    ...{ options, warnings, told, close },
    ask: (method, path, body, headers = { authorization }) => ask(daemon.url + path, method, body, headers),
  };
}

function ask(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const asked = request(url, { method, headers: { ...type, ...headers } }, async (answer) => {
      const content = await text(answer);
      resolve({ status: answer.statusCode ?? 0, json: parsed(content), text: content });
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** A file of random bytes in a folder. */
export async function randomFile(folder: string, name: string, bytes = 100_000): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, randomBytes(bytes));
  return path;
}
