import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import { type Millis, millis } from "#shared/base/ids.ts";
import type { Clock, TrackerEvents } from "#shared/driver/ports.ts";

/** Makes empty folders, and removes them after the tests of the file. */
export function temporaryFolders(): () => Promise<string> {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
    folders.push(folder);
    return folder;
  };
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ readonly when: Millis; readonly wake: () => void }>();

  now(): Millis {
    return millis(this.#now);
  }

  /** How many alarms are set. */
  get waiting(): number {
    return this.#alarms.size;
  }

  /** When the next alarm is due. */
  get nextAt(): number {
    return Math.min(...[...this.#alarms].map(({ when }) => when));
  }

  wakeAt(when: Millis, wake: () => void): () => void {
    const alarm = { when, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  pass(delayMillis: number): void {
    const until = this.#now + delayMillis;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ when }) => when <= until).sort((a, b) => a.when - b.when);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.when);
      next.wake();
    }
    this.#now = until;
  }
}

/** Records what a tracker reports. */
export function trackerListeners() {
  return {
    replied: vi.fn<TrackerEvents["replied"]>(),
    found: vi.fn<TrackerEvents["found"]>(),
    relayed: vi.fn<TrackerEvents["relayed"]>(),
    refused: vi.fn<TrackerEvents["refused"]>(),
    unanswered: vi.fn<TrackerEvents["unanswered"]>(),
    lost: vi.fn<TrackerEvents["lost"]>(),
  };
}
