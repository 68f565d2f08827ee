import { afterAll, beforeAll, expect, test } from "vitest";
import { type InstalledTabswarm, installTabswarm } from "./command.test-support.ts";
import { EXAMPLES } from "./examples.ts";

let installed: InstalledTabswarm;

beforeAll(async () => {
  installed = await installTabswarm();
}, 60_000);

afterAll(() => installed.remove());

test("every command has examples, whose flags it has", async () => {
  const { out } = await installed.run(["--help"]);
  const names = [...out.matchAll(/^ {2}([a-z]+) .*$/gm)].flatMap(([, name = ""]) =>
    name === "help" ? [] : [name],
  );
  expect(names.toSorted()).toEqual(Object.keys(EXAMPLES).toSorted());
  for (const [name, examples] of Object.entries(EXAMPLES)) {
    const help = (await installed.run([name, "--help"])).out;
    const [flags = ""] = help.split("Examples:");
    for (const example of examples) {
      expect(help).toContain(`  ${example}`);
      expect(example).toMatch(new RegExp(`(^|\\| |^[A-Z_]+=\\S+ )tabswarm ${name}\\b`));
      for (const [flag] of example.matchAll(/--[a-z-]+/g)) expect(flags).toContain(`${flag} `);
    }
  }
});
