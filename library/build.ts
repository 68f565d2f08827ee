import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, type RolldownOptions, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import packageJson from "../package.json" with { type: "json" };
import { SIMPLE_PEER_NEEDS, slimSimplePeer } from "../web/simple-peer-build.ts";

// Builds what programs import: `tabswarm/node`, `tabswarm/browser` and `tabswarm/tracker`, each with one file of types.

const root = `${join(import.meta.dirname, "..")}/`;
const out = `${root}dist/library`;
const types = `${root}node_modules/.cache/library-types`;

const ENTRIES = {
  node: "headless-peer/main.ts",
  browser: "web/engine/library/main.ts",
  tracker: "signal-tracker/main.ts",
};

/** npm installs these beside it; a bundler of whoever imports it finds them, and shares them. */
const DEPENDENCIES = Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies });
const isPackage = (id: string): boolean =>
  id.startsWith("node:") || DEPENDENCIES.some((name) => id === name || id.startsWith(`${name}/`));

rmSync(out, { recursive: true, force: true });
await Promise.all([
  write({ input: inputs("node", "tracker"), platform: "node", external: isPackage }),
  // Everything that it needs is in it, so that a plain `<script type="module">` can import it.
  write({
    input: inputs("browser"),
    platform: "browser",
    resolve: { alias: SIMPLE_PEER_NEEDS },
    plugins: [slimSimplePeer as Plugin],
  }),
]);
emitTypes();
for (const [name, source] of Object.entries(ENTRIES))
  await write({
    input: { [name]: `${types}/${source.replace(/\.ts$/, ".d.ts")}` },
    external: isPackage,
    plugins: [ownTypes(), dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
  });

function inputs(...names: readonly (keyof typeof ENTRIES)[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${root}${ENTRIES[name]}`]));
}

async function write(options: RolldownOptions): Promise<void> {
  const bundle = await rolldown({ ...options, cwd: root, treeshake: { moduleSideEffects: "no-external" } });
  await bundle.write({ dir: out, format: "esm", chunkFileNames: "chunks/[name]-[hash].js" });
  await bundle.close();
}

/** The types of every module, from which those of each entry are put together. */
function emitTypes(): void {
  rmSync(types, { recursive: true, force: true });
  const { status } = spawnSync("node_modules/.bin/tsc", ["-p", "library"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the types could not be made");
}

/** Finds the types of a module that is imported by its room. */
function ownTypes(): Plugin {
  return {
    name: "own-types",
    resolveId: {
      order: "pre", // Else it would find the source.
      handler: (id) => (id.startsWith("#") ? `${types}/${id.slice(1).replace(/\.ts$/, ".d.ts")}` : undefined),
    },
  };
}
