// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are sources.
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";
import { vietnamese } from "./vietnamese.ts";

const UI = fileURLToPath(new URL("..", import.meta.url));
const PROJECT = join(UI, "../..");
/** Whose sentences people read in the page. */
const SPEAKERS = [
  ...[
    "web/engine",
    "shared/base",
    "shared/meta",
    "shared/encrypted",
    "shared/session",
    "shared/driver",
    "shared/announce",
    "shared/wire",
    "shared/library",
  ],
  ...["signal-tracker/accounts", "signal-tracker/catalog", "signal-tracker/transport/api"],
];

/** Whose reasons the page's engine passes on. */
const REASONERS = ["shared/base", "shared/meta", "shared/session", "shared/driver", "shared/wire"];

/** Names and terms that are the same in every language. */
const TERMS = new Set(["Tabswarm", "MiB", "KiB", "WebRTC", "TCP", "WebSocket", "HTTP"]);
/** Lengths in styles. */
const STYLE = /^px\b/;
/** Attributes and properties of elements that people read or hear. */
const READ =
  /^(label|button|title|placeholder|alt|legend|hint|spoken|text|question|aria-(label|description|valuetext))$/;
/** Attributes that nobody reads. */
const UNREAD =
  /^(class|className|id|key|d|style|href|viewBox|for|transform|data-.*|aria-(describedby|labelledby|controls))$/;
const WORD = /\p{L}{2,}/u;
/** Begins like a sentence or a label, with another word after the first. */
const SENTENCE = /^["“(]?\p{Lu}\p{L}*[,:]? \p{L}|^\p{Lu}\p{L}+[.…!?]$/u;
/** A part of a sentence around what is filled in. */
const PART = /(^|\s)\p{Ll}{2,}[\s.,:…]*$|^[\s,:…]*\p{Ll}{2,}(\s|[.…]$)/u;

interface Node {
  readonly type: string;
  readonly start: number;
}

/** The texts for people in a source, with their lines. */
function textsFor(source: string, file = "a.tsx"): readonly string[] {
  const found: string[] = [];
  const add = (text: string, { start }: Node): void => {
    if (!TERMS.has(text.trim()) && !STYLE.test(text))
      found.push(`${file}:${source.slice(0, start).split("\n").length}: ${text.trim()}`);
  };
  visit(parseSync(file, source).program, { isRead: false, isUnread: false }, add);
  return found;
}

interface Place {
  /** It is a child or an attribute of an element that people read. */
  readonly isRead: boolean;
  readonly isUnread: boolean;
}

function visit(node: unknown, place: Place, add: (text: string, node: Node) => void): void {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, place, add);
    return;
  }
  if (typeof node !== "object" || node === null || !("type" in node)) return;
  const one = node as Node & Record<string, unknown>;
  const within = placeIn(one, place);
  if (within === undefined) return;
  const text = textOf(one);
  if (text !== undefined && !within.isUnread && isForPeople(one, text, within)) add(text, one);
  for (const [name, value] of Object.entries(one)) if (name !== "parent") visit(value, within, add);
}

/** Undefined: nothing in it is for people. */
function placeIn(node: Node & Record<string, unknown>, place: Place): Place | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSTypeAnnotation":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "ThrowStatement": // Errors that are thrown are for developers; what people read of them comes from the table.
      return undefined;
    case "JSXAttribute": {
      const name = (node["name"] as { readonly name?: unknown }).name;
      const attribute = typeof name === "string" ? name : "";
      return { isRead: READ.test(attribute), isUnread: UNREAD.test(attribute) };
    }
    case "JSXSpreadAttribute":
      return { isRead: false, isUnread: false };
    case "JSXElement":
    case "JSXFragment":
      return { isRead: true, isUnread: false };
    case "CallExpression":
    case "ArrowFunctionExpression":
    case "BinaryExpression":
      return { ...place, isRead: false };
    default:
      return place;
  }
}

function textOf(node: Node & Record<string, unknown>): string | undefined {
  if (node.type === "JSXText") return String(node["value"]);
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type === "TemplateElement") return (node["value"] as { readonly raw: string }).raw;
  return undefined;
}

function isForPeople({ type }: Node, text: string, { isRead }: Place): boolean {
  if (type === "JSXText" || isRead) return WORD.test(text);
  return type === "TemplateElement" ? SENTENCE.test(text) || PART.test(text) : SENTENCE.test(text);
}

test("no text for people stands in a component or in its logic: the table of texts has them all", () => {
  const files = readdirSync(UI, { recursive: true, encoding: "utf8" }).filter(
    (file) =>
      /\.tsx?$/.test(file) && !/\.test(-support)?\.tsx?$/.test(file) && !file.startsWith(`texts${sep}`),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => textsFor(readFileSync(join(UI, file), "utf8"), file))).toEqual([]);
});

/** Without what only tests, the made-up page and programs that import Tabswarm use. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(^|[\\/])fake|\.test|\.d\.ts$/.test(file))
    .map((file) => join(folder, file))
    .filter((file) => !file.startsWith(join("web/engine/library")));
}

function eachNode(node: unknown, look: (node: Node & Record<string, unknown>) => void): void {
  if (Array.isArray(node)) for (const one of node) eachNode(one, look);
  if (typeof node !== "object" || node === null || !("type" in node)) return;
  const one = node as Node & Record<string, unknown>;
  look(one);
  for (const [name, value] of Object.entries(one)) if (name !== "parent") eachNode(value, look);
}

const programOf = (file: string): unknown =>
  parseSync(file, readFileSync(join(PROJECT, file), "utf8")).program;

/** A string as it stands in a source. What a template fills in is `{}`. */
function stringOf(node: Node & Record<string, unknown>): string | undefined {
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type !== "TemplateLiteral") return undefined;
  return (node["quasis"] as readonly { value: { raw: string } }[]).map(({ value }) => value.raw).join("{}");
}

/** All strings in a source. */
function stringsIn(file: string): readonly string[] {
  const found: string[] = [];
  eachNode(programOf(file), (node) => {
    const text = stringOf(node);
    if (text !== undefined) found.push(text);
  });
  return found;
}

/** What a source says is wrong with what came from outside. */
function reasonsIn(file: string): readonly string[] {
  const found: string[] = [];
  eachNode(programOf(file), ({ callee, arguments: given }) => {
    const { name } = (callee ?? {}) as { readonly name?: string };
    const last = Array.isArray(given) ? given.at(-1) : undefined;
    const isReason = /^(ProtocolError|broken|leaveOut)$/.test(name ?? "") && last !== undefined;
    const text = isReason ? stringOf(last) : undefined;
    if (text !== undefined && WORD.test(text)) found.push(text);
  });
  return found;
}

describe("what the engine and the tracker say", () => {
  const strings = new Map(
    SPEAKERS.map((folder) => {
      return [folder, new Set(sourcesIn(folder).flatMap(stringsIn))] as const;
    }),
  );

  test("is known in Vietnamese, all sentences of the page's own engine and about .torrent files and links", () => {
    const said = ["web/engine", "shared/meta"].flatMap((folder) => [...(strings.get(folder) ?? [])]);
    const sentences = said.filter((text) => /^(\p{Lu}|\d |\{\} ).* .*\.$/su.test(text));
    expect(sentences.length).toBeGreaterThan(50);
    expect(sentences.filter((sentence) => !vietnamese.engine.has(sentence))).toEqual([]);
  });

  test("has one meaning in Vietnamese", () => {
    const source = readFileSync(join(UI, "texts/vietnamese.ts"), "utf8");
    const sentences = [...source.matchAll(/^ +\[\s*"((?:[^"\\]|\\.)*)",/gm)].map(([, sentence]) => sentence);
    expect(sentences.length).toBeGreaterThan(150);
    expect(sentences.filter((sentence, at) => sentences.indexOf(sentence) < at)).toEqual([]);
  });

  test("is known in Vietnamese, all that the log and the messages say is wrong with a torrent, a peer or a tracker", () => {
    const reasons = REASONERS.flatMap((folder) => sourcesIn(folder).flatMap(reasonsIn));
    expect(reasons.length).toBeGreaterThan(50);
    expect(reasons.filter((reason) => !vietnamese.engine.has(reason))).toEqual([]);
  });

  test("is what Vietnamese has meanings for, with the same words to fill in", () => {
    const all = new Set([...strings.values()].flatMap((found) => [...found]));
    const gaps = (text: string): number => text.split("{}").length;
    for (const [sentence, meaning] of vietnamese.engine) {
      expect(all, sentence).toContain(sentence);
      expect(gaps(meaning), sentence).toBe(gaps(sentence));
    }
  });
});

test.each([
  "const a = <p>Nothing here</p>;",
  "const a = <p>{isEmpty ? 'nothing' : rows}</p>;",
  "const a = <p>{isEmpty && 'Nothing here.'}</p>;",
  'const a = <button aria-label="Close" />;',
  'const a = <input placeholder="search" />;',
  "const a = <img title={`of ${name}`} />;",
  'const a = <Problem text={"No"} />;',
  'export const NOTHING = "Nothing is here.";',
  'setProblem("Try again");',
  "const a = `${count} files`;",
  "const a = { title: 'Keep the page open' };",
])("%s has one", (source) => {
  expect(textsFor(source)).toHaveLength(1);
});

test.each([
  'const a = <p class="hint quiet">{texts.list.nothing}</p>;',
  "const a = <a href={`#/catalog/${hash}`} aria-describedby={`title-${key}`}>Tabswarm</a>;",
  'if (key === "ArrowLeft") throw new Error("Nobody sees this sentence.");',
  'import { x } from "./Some Folder.ts";',
  "const a = <span>↓ {rate}</span>;",
  "const a = `${base} ${rest}`;",
  'const a = <input {...(isSecret ? { type: "password" } : {})} />;',
  "box.style.translate = `0 ${shift}px`;",
])("%s has none", (source) => {
  expect(textsFor(source)).toEqual([]);
});
