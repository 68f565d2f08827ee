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
  try {
    return await ask(question, undefined);
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

/** Undefined output: nothing that is typed shows. */
async function ask(question: string, output: NodeJS.WritableStream | undefined): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: output ?? nowhere(), terminal: true });
  const closed = new Promise<never>((_, reject) => {
    lines.once("close", () => reject(new UsageError("noAnswer", "Nothing was entered.")));
    lines.once("SIGINT", () => lines.close());
  });
  if (output === undefined) process.stderr.write(question); // Not before the terminal itself shows nothing either.
  try {
    return await Promise.race([lines.question(output === undefined ? "" : question), closed]);
  } finally {
    closed.catch(() => {}); // Closing it here is no failure.
    lines.close();
  }
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
