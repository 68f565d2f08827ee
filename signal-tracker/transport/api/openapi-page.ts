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
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: ApiSchema }>> };
}

interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: ApiSchema;
}

interface ApiSchema {
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
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
  const { summary = "", description = "", parameters = [], requestBody } = operation;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  const rows = [
    ...parameters.map((one) => row(one.name, one.in, one.required === true, one.schema ?? {})),
    ...Object.entries(body.properties ?? {}).map(([name, schema]) =>
      row(name, "body", body.required?.includes(name) === true, schema),
    ),
  ];
  const table =
    rows.length === 0
      ? ""
      : `\n<table><tr><th>name<th>in<th>needed<th>value</tr>\n${rows.join("\n")}\n</table>`;
  const text = [summary, description].filter((sentence) => sentence !== "").map(escaped);
  return `<h3>${escaped(method.toUpperCase())} ${escaped(path)}</h3>\n<p>${text.join(". ")}.</p>${table}`;
}

function row(name: string, place: string, isNeeded: boolean, schema: ApiSchema): string {
  const keywords = SHOWN.filter((keyword) => schema[keyword] !== undefined);
  const value = keywords.map((keyword) =>
    keyword === "type" ? String(schema[keyword]) : `${keyword} ${JSON.stringify(schema[keyword])}`,
  );
  const cells = [name, place, isNeeded ? "yes" : "no", value.join(", ")];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}`).join("")}</tr>`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
