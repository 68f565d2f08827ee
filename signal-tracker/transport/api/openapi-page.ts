/** What the page shows of an OpenAPI document. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

interface ApiOperation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: ApiContent;
  readonly responses?: Readonly<Record<string, ApiContent>>;
}

interface ApiContent {
  readonly content?: Readonly<Record<string, { readonly schema: ApiSchema }>>;
}

interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: ApiSchema;
}

interface ApiSchema {
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
  readonly items?: ApiSchema;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** Keywords that say what a value may be, in the order in which they are shown. */
const SHOWN = [
  "type",
  "format",
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "maxItems",
  "default",
];

/** The style of the page. */
export const DOCUMENT_STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; text-transform: capitalize; }
h3 { margin: 1.5rem 0 0; font: 600 1rem ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: 0.25rem 0; }
table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { border: 1px solid #8886; padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
`;

/** A page that shows the document to people, without scripts. */
export function documentPage({ info, paths = {} }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => tagOf(operation)))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => tagOf(operation) === tag);
    return `<h2>${escaped(tag)}</h2>\n${own.map(operationPart).join("\n")}`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)}: API</title>
<link rel="stylesheet" href="/api/style.css">
<h1>${escaped(info.title)}: API</h1>
<p>${escaped(info.description ?? "")}</p>
<p>For programs: <a href="/api/openapi.json">the same as an OpenAPI document</a>.</p>
${sections.join("\n")}
</html>
`;
}

const tagOf = ({ tags }: ApiOperation): string => tags?.[0] ?? "other";

function operationPart(part: {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}): string {
  const { path, method, operation } = part;
  const { summary = "", description = "", parameters = [], requestBody, responses = {} } = operation;
  const asked = [
    ...parameters.map(({ name, in: place, required, description: meaning, schema }) =>
      row([name, place, required === true ? "yes" : "no", ...valueCells(schema ?? {}, meaning)]),
    ),
    ...fieldsOf(schemaOf(requestBody)).map(({ name, isNeeded, schema }) =>
      row([name, "body", isNeeded ? "yes" : "no", ...valueCells(schema)]),
    ),
  ];
  const text = [summary, description].filter((sentence) => sentence !== "").map(escaped);
  return `<h3>${escaped(method.toUpperCase())} ${escaped(path)}</h3>
<p>${text.join(". ")}.</p>${table(["name", "in", "needed", "value", "meaning"], asked)}
${Object.entries(responses).map(answerPart).join("")}`;
}

/** What a success is answered with. All errors look the same, as the top of the page says. */
function answerPart([status, response]: readonly [string, ApiContent]): string {
  if (!status.startsWith("2")) return "";
  const [type = "nothing"] = Object.keys(response.content ?? {});
  const fields = fieldsOf(schemaOf(response)).map(({ name, isNeeded, schema }) =>
    row([name, isNeeded ? "yes" : "no", ...valueCells(schema)]),
  );
  return `<p>Answers ${escaped(status)}, ${escaped(type)}:</p>${table(["name", "always", "value", "meaning"], fields)}`;
}

const schemaOf = ({ content = {} }: ApiContent = {}): ApiSchema => Object.values(content)[0]?.schema ?? {};

interface ApiField {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly schema: ApiSchema;
}

/** The fields of an object, and after each list those of its items. */
function fieldsOf({ properties = {}, required = [] }: ApiSchema, before = ""): readonly ApiField[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    { name: before + name, isNeeded: required.includes(name), schema },
    ...fieldsOf(schema.items ?? {}, `${before}${name}[].`),
  ]);
}

/** What a value may be, and what it means. */
function valueCells(schema: ApiSchema, meaning = schema.description ?? ""): readonly string[] {
  const keywords = SHOWN.filter((keyword) => schema[keyword] !== undefined);
  const value = keywords.map((keyword) =>
    keyword === "type" ? String(schema[keyword]) : `${keyword} ${JSON.stringify(schema[keyword])}`,
  );
  return [value.join(", "), meaning];
}

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escaped(cell)}`).join("")}</tr>`;

function table(heads: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return "";
  return `\n<table><tr>${heads.map((head) => `<th>${head}`).join("")}</tr>\n${rows.join("\n")}\n</table>`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
