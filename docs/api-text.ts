// Writes docs/api.md from the docstrings of what programs import. `npm run docs:api` builds that, and installs TypeDoc beside it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ENTRIES = ["node", "browser", "tracker"];

const INTRODUCTION = `# What programs import

[README.md](../README.md#in-your-own-programs) has the first steps, [examples/](../examples) whole programs, and
[comparison.md](comparison.md) the way here from WebTorrent. \`tabswarm/browser\` has everything that \`tabswarm/node\` has, but for paths, folders and
TCP; its section below lists only what differs.
`;

const OPTIONS = [
  ...["--outputFileStrategy", "modules", "--readme", "none", "--hideBreadcrumbs", "--hidePageHeader"],
  ...["--disableSources", "--useCodeBlocks", "--excludeExternals", "--logLevel", "Warn"],
  ...["--parametersFormat", "table", "--interfacePropertiesFormat", "table", "--excludePrivate"],
];

/** Says which types the text was made of, so that a test can tell whether it is stale. */
export function markOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of ENTRIES) hash.update(readFileSync(join(folder, `${name}.d.ts`)));
  return `<!-- Made of types with the SHA-256 ${hash.digest("hex")} -->`;
}

function apiText(): string {
  const out = mkdtempSync(join(tmpdir(), "tabswarm-api-"));
  try {
    const entries = ENTRIES.map((name) => `tabswarm-${name}.d.ts`);
    const args = [
      "--plugin",
      "typedoc-plugin-markdown",
      "--out",
      out,
      ...OPTIONS,
      "--entryPoints",
      ...entries,
    ];
    const { status } = spawnSync("node_modules/.bin/typedoc", args, { cwd: here("api"), stdio: "inherit" });
    if (status !== 0) throw new Error("TypeDoc failed: npm ci --prefix docs/api installs it.");
    const slugs = new Map<string, number>();
    const modules = ENTRIES.map((name) => {
      const text = readFileSync(join(out, `tabswarm-${name}.md`), "utf8");
      const titled = text.replace(/^# .*$/m, `# \`tabswarm/${name}\``);
      return withOwnLinks(titled, slugs)
        .replace(/(id="|\(#)property-/g, `$1${name}-property-`)
        .trim();
    });
    return [INTRODUCTION, ...modules, markOf(here("../dist/library"))]
      .join("\n\n")
      .replace(/\n{3,}/g, "\n\n");
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Headings of several modules have the same name, which pages number: links lead to those of their own module. */
function withOwnLinks(text: string, slugs: Map<string, number>): string {
  const own = new Map<string, string>();
  for (const [, marks = "", title = ""] of text.matchAll(/^(#+) (.*)$/gm)) {
    const slug = title
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-");
    const count = slugs.get(slug) ?? 0;
    slugs.set(slug, count + 1);
    if (marks.length === 3) own.set(slug, count === 0 ? slug : `${slug}-${count}`);
  }
  return text.replace(/\]\(#([\w-]+)\)/g, (link, slug) => (own.has(slug) ? `](#${own.get(slug)})` : link));
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(here("api.md"), `${apiText()}\n`);
