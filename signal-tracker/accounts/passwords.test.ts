import { hash } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { type HashFor, HashQueue } from "./hash-queue.ts";
import { Passwords } from "./passwords.ts";

/** A queue that counts what it does. */
class CountingQueue extends HashQueue {
  count = 0;

  override async run<Result>(whom: HashFor, work: () => Promise<Result>): Promise<Result> {
    this.count += 1;
    return await super.run(whom, work);
  }
}

const ANYBODY: HashFor = { network: undefined, isKnown: false };
const codeOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

test("a password is kept as argon2id with 19 MiB and two passes, never the same twice", async () => {
  const passwords = new Passwords();
  const kept = await passwords.hash("correct horse", ANYBODY);
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]+\$[^$]+$/);
  expect(await passwords.hash("correct horse", ANYBODY)).not.toBe(kept);
  expect(await passwords.isRight(kept, "correct horse", ANYBODY)).toBe(true);
  expect(await passwords.isRight(kept, "correct horsf", ANYBODY)).toBe(false);
  expect(passwords.isOutdated(kept)).toBe(false);
});

test("the same letters typed otherwise are the same password", async () => {
  const passwords = new Passwords();
  const kept = await passwords.hash("pässwörter", ANYBODY);
  expect(await passwords.isRight(kept, "pa\u0308sswo\u0308rter", ANYBODY)).toBe(true);
});

test("looking for a name that nobody has takes a hash with today's parameters as well, and is never right", async () => {
  const queue = new CountingQueue();
  const passwords = new Passwords(queue);
  for (const password of ["", "A", "correct horse"])
    expect(await passwords.isRight(undefined, password, ANYBODY)).toBe(false);
  expect(queue.count).toBe(3);
});

test("a hash with other parameters is right and outdated", async () => {
  const passwords = new Passwords();
  const kept = await hash("correct horse", { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  expect(await passwords.isRight(kept, "correct horse", ANYBODY)).toBe(true);
  expect(passwords.isOutdated(kept)).toBe(true);
});

test.each(["eight888", "é".repeat(512)])(
  "a password like %j is long enough, and not too long",
  async (password) => {
    const passwords = new Passwords();
    expect(await passwords.isRight(await passwords.hash(password, ANYBODY), password, ANYBODY)).toBe(true);
  },
);

test.each(["seven77", "é".repeat(513)])(
  "a password like %j is refused before it is hashed",
  async (password) => {
    const queue = new CountingQueue();
    expect(await codeOf(new Passwords(queue).hash(password, ANYBODY))).toMatchObject({
      code: "malformedPassword",
    });
    expect(queue.count).toBe(0);
  },
);
