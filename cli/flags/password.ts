import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError } from "#shared/base/errors.ts";

/** Bytes of the longest password that a tracker takes, and a line break. */
const MAX_INPUT_BYTES = 4_096;

/** Reads a line from the terminal, with a question on standard error. */
export async function askLine(question: string): Promise<string> {
  return await ask(question, process.stderr);
}

/** The same without showing what is typed. */
export async function askPassword(question: string): Promise<string> {
  process.stderr.write(question);
  try {
    return await ask("", new Writable({ write: (_chunk, _encoding, done) => done() }));
  } finally {
    process.stderr.write("\n");
  }
}

/** Reads a password from standard input: all of it but for a line break at its end. */
export async function readPassword(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_INPUT_BYTES)
      throw new UsageError("passwordTooLong", "Standard input is too long for a password.");
  }
  return Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, "");
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const closed = new Promise<never>((_, reject) => {
    lines.once("close", () => reject(new UsageError("noAnswer", "Nothing was entered.")));
    lines.once("SIGINT", () => lines.close());
  });
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    closed.catch(() => {}); // Closing it here is not a failure.
    lines.close();
  }
}
