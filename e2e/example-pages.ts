import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";

const EXAMPLES = join(import.meta.dirname, "../examples");

const VITE = join(import.meta.dirname, "../node_modules/.bin/vite");

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** Says where a plain page finds the package, as its author would. */
const IMPORT_MAP = `<script type="importmap">{"imports":{"tabswarm/browser":"/library/browser.js"}}</script>`;

/**
 * Makes the pages of `examples/` in a folder where the package is installed, in the three ways that people do: by Vite, by esbuild, and as
 * they are.
 */
export async function buildPages(folder: string): Promise<void> {
  await cp(EXAMPLES, folder, { recursive: true });
  // In a process of its own: Vitest would rewrite `import.meta` in the code that Vite adds to load parts.
  const options = ["--base", "./", "--outDir", join(folder, "pages/vite"), "--target", "es2022"];
  await promisify(execFile)(VITE, ["build", join(folder, "download-page"), ...options]);
  await esbuild.build({
    ...{ entryPoints: [join(folder, "download-page/download.js")], outdir: join(folder, "pages/esbuild") },
    ...{ bundle: true, format: "esm", splitting: true, logLevel: "silent" },
  });
  await esbuild.stop();
  await cp(join(folder, "download-page/index.html"), join(folder, "pages/esbuild/index.html"));
  await cp(join(folder, "share-page"), join(folder, "pages/plain"), { recursive: true });
  await cp(join(folder, "node_modules/tabswarm/dist/library"), join(folder, "pages/library"), {
    recursive: true,
  });
}

/** Serves them. */
export async function servePages(folder: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(async ({ url = "" }, response) => {
    const path = normalize(new URL(url, "http://localhost").pathname.replace(/\/$/, "/index.html"));
    const bytes = await readFile(join(folder, "pages", path)).catch(() => undefined);
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(bytes === undefined ? 404 : 200, { "content-type": type });
    const isPlain = path === "/plain/index.html";
    response.end(isPlain ? String(bytes).replace("<script", `${IMPORT_MAP}<script`) : bytes);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
