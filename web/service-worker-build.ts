import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { build, type Plugin } from "vite";

/** Where the service worker is: at the top, so that it may answer for the whole page. */
const OUTPUT = "sw.js";

/** Files that only systems ask for, when somebody installs the page. */
const NOT_KEPT = /\.png$/;

/** Builds the service worker once the page is written, with the names of the page's files in it. */
export function serviceWorker(entry: string): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    writeBundle: {
      sequential: true,
      async handler({ dir = "" }) {
        await build({
          configFile: false,
          publicDir: false,
          logLevel: "warn",
          define: { __PAGE__: JSON.stringify(await describePage(dir)) },
          build: {
            target: "es2022",
            outDir: dir,
            emptyOutDir: false,
            minify: "terser",
            // One classic script: Firefox has long run no others as service workers.
            rolldownOptions: { input: entry, output: { format: "iife", entryFileNames: OUTPUT } },
          },
        });
      },
    },
  };
}

async function describePage(folder: string): Promise<{ version: string; files: readonly string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !NOT_KEPT.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const hash = createHash("sha256");
  for (const path of paths) hash.update(relative(folder, path)).update(await readFile(path));
  const files = paths.map((path) => `/${relative(folder, path).split(sep).join("/")}`);
  return {
    version: hash.digest("hex").slice(0, 16),
    files: files.map((path) => (path === "/index.html" ? "/" : path)),
  };
}
