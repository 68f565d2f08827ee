import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { clientOf } from "../session/client-name.ts";
import { DEFAULT_CONFIG } from "../session/config.ts";
import { freshPeerId } from "./peer-id.ts";
import { seededRandom } from "./random.ts";
import { VERSION } from "./version.ts";

test("peers read the version of the package, in our name and in our peer id", () => {
  expect(VERSION).toBe(packageJson.version);
  expect(clientOf(freshPeerId(seededRandom(1)))).toBe(`Tabswarm ${packageJson.version}`);
  const [major, minor] = packageJson.version.split(".");
  expect(DEFAULT_CONFIG.client).toBe(`Tabswarm ${major}.${minor}`);
});
