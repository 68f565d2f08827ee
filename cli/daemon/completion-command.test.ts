import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { makeTorrent } from "#headless-peer/files/download.test-support.ts";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import {
  CompletionCommand,
  MAX_CLOSING_MILLIS,
  MAX_LAST_WORDS_MILLIS,
  MAX_WAITING,
} from "./completion-command.ts";

vi.mock("node:child_process", { spy: true });

const newFolder = temporaryFolders();
const WAITING = expect.stringMatching(/still runs for film\. Waiting for it, up to 30 s\.$/);
const { infoHash, info } = makeTorrent("film", [{ path: "film", bytes: 10 }], 16_384);

afterEach(() => {
  vi.useRealTimers();
  for (const { value } of vi.mocked(spawn).mock.results) end(value);
  vi.mocked(spawn).mockClear();
});

/** A program, and what it started: after a test that fails, it would wait at its pipe for ever. */
function end(program: ChildProcess | undefined): void {
  try {
    if (program?.pid !== undefined) process.kill(-program.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function open(program: string, onWarning: () => void = () => {}) {
  const warnings: string[] = [];
  const warn = (sentence: string): void => {
    warnings.push(sentence);
    onWarning();
  };
  return { command: new CompletionCommand(program, { log: pino({ level: "silent" }), warn }), warnings };
}

async function script(content: string): Promise<string> {
  const path = join(await newFolder(), "program");
  await writeFile(path, `#!/bin/sh\n${content}\n`, { mode: 0o755 });
  return path;
}

/** Whoever reads it waits until somebody writes. */
async function namedPipe(): Promise<string> {
  const path = join(await newFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

test("a program that is not there is told for each download, and the next one is tried", async () => {
  const { command, warnings } = open("/nowhere/program");
  command.run(infoHash, info, "/out");
  command.run(infoHash, info, "/out");
  await eventually(() => expect(warnings).toHaveLength(2));
  expect(warnings[0]).toMatch(
    /^\/nowhere\/program cannot be run for film \(.*ENOENT.*\)\. Check --on-complete\.$/,
  );
});

test("a program that fails is told with what it said", async () => {
  const { command, warnings } = open(await script("echo the disk is full >&2; exit 3"));
  command.run(infoHash, info, "/out");
  await eventually(() =>
    expect(warnings).toEqual([expect.stringMatching(/failed for film \(code 3\)\. the disk is full$/)]),
  );
});

test("a program that says without end waits for nobody, and only its beginning is told", async () => {
  const { command, warnings } = open(await script("yes x | head -c 1000000; exit 1"));
  command.run(infoHash, info, "/out");
  await eventually(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]?.length).toBeLessThan(5_000);
});

test("while a program hangs, so many downloads wait, and no more", async () => {
  const pipe = await namedPipe();
  const { command, warnings } = open(await script(`read line < "${pipe}"`));
  for (let at = 0; at < MAX_WAITING + 2; at++) command.run(infoHash, info, "/out");
  expect(warnings).toEqual([expect.stringMatching(/is not run for film: 1000 downloads wait for it\.$/)]);
  const closed = command.close();
  await writeFile(pipe, "end\n");
  await closed;
});

test("whoever stops waits for the program that runs, hears how it ends, and runs no other", async () => {
  const pipe = await namedPipe();
  const { command, warnings } = open(await script(`read line < "${pipe}"; echo "$line" >&2; exit 3`));
  command.run(infoHash, info, "/out");
  command.run(infoHash, info, "/out");
  const closed = command.close();
  await writeFile(pipe, "the disk is full\n");
  await closed;
  expect(warnings).toEqual([
    WAITING,
    expect.stringMatching(/failed for film \(code 3\)\. the disk is full$/),
  ]);
});

test("a download that is complete while whoever stops waits for the program runs nothing", async () => {
  const pipe = await namedPipe();
  const { command, warnings } = open(
    await script(`echo "$2" >> "${pipe}.runs"; read line < "${pipe}"; exit 3`),
  );
  command.run(infoHash, info, "/out");
  const closed = command.close();
  command.run(infoHash, info, "/out");
  await writeFile(pipe, "end\n");
  await closed;
  command.run(infoHash, info, "/out");
  expect(spawn).toHaveBeenCalledTimes(1);
  expect(warnings).toHaveLength(2);
  expect(await readFile(`${pipe}.runs`, "utf8")).toBe("film\n");
});

test("whoever stops waits for the program that runs after one that could not be run", async () => {
  const pipe = await namedPipe();
  const path = `${pipe}.program`;
  const { command, warnings } = open(path, () =>
    writeFileSync(path, `#!/bin/sh\nread line < "${pipe}"; exit 3\n`, { mode: 0o755 }),
  );
  command.run(infoHash, info, "/out");
  command.run(infoHash, info, "/out");
  await eventually(() => expect(spawn).toHaveBeenCalledTimes(2));
  const closed = command.close();
  await writeFile(pipe, "end\n");
  await closed;
  expect(warnings).toEqual([
    expect.stringContaining("cannot be run for film"),
    WAITING,
    expect.stringMatching(/failed for film \(code 3\)\.$/),
  ]);
});

test("nothing waits for what a program has started once it has ended itself", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const pipe = await namedPipe();
  const { command, warnings } = open(await script(`(read line < "${pipe}") & echo "it goes on" >&2; exit 3`));
  command.run(infoHash, info, "/out");
  command.run(infoHash, info, "/out");
  for (const at of [0, 1]) {
    await eventually(() => expect(spawn).toHaveBeenCalledTimes(at + 1));
    const program = vi.mocked(spawn).mock.results[at]?.value as ChildProcess;
    await once(program, "exit");
    vi.advanceTimersByTime(MAX_LAST_WORDS_MILLIS);
    await once(program, "close");
  }
  const failed = expect.stringMatching(/failed for film \(code 3\)\. it goes on$/);
  expect(warnings).toEqual([failed, failed]);
});

test("a program for which there are no file descriptors is told, and the next download has its turn", async () => {
  const failing = Object.assign(new EventEmitter(), { exitCode: null, signalCode: null }) as ChildProcess;
  vi.mocked(spawn).mockImplementationOnce(() => {
    process.nextTick(() => failing.emit("error", new Error("spawn EMFILE")));
    return failing; // As Node does it: without streams.
  });
  const { command, warnings } = open(await script("exit 3"));
  command.run(infoHash, info, "/out");
  command.run(infoHash, info, "/out");
  await eventually(() => expect(warnings).toHaveLength(2));
  expect(warnings[0]).toContain("cannot be run for film (spawn EMFILE)");
});

test("whoever stops waits only so long for a program, which then goes on", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const pipe = await namedPipe();
  const { command, warnings } = open(await script(`read line < "${pipe}"; touch "${pipe}.done"`));
  command.run(infoHash, info, "/out");
  const closed = command.close();
  vi.advanceTimersByTime(MAX_CLOSING_MILLIS);
  await closed;
  expect(warnings).toEqual([
    WAITING,
    expect.stringMatching(/still runs for film\. It goes on without the daemon\.$/),
  ]);
  vi.useRealTimers();
  await writeFile(pipe, "go on\n");
  await eventually(() => access(`${pipe}.done`));
});

test.each([
  ["a program below a file", "/etc/passwd/program", info],
  ["a name that no program can be given", "/bin/true", { ...info, name: "fi\0lm" }],
  ["a name longer than arguments can be", "/bin/true", { ...info, name: "x".repeat(200_000) }],
])(
  "%s is told like any other that cannot be run, and the next download has its turn",
  async (_, program, odd) => {
    const { command, warnings } = open(program);
    command.run(infoHash, odd, "/out");
    command.run(infoHash, odd, "/out");
    await eventually(() => expect(warnings).toHaveLength(2));
    expect(warnings[1]).toContain(`${program} cannot be run for `);
  },
);
