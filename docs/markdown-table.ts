/** A table in Markdown, padded as Biome formats tables. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...rows].map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
}

/** The text with these lines between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export function withTable(text: string, name: string, table: (old: string) => readonly string[]): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`There is no place for the table ${name}.`);
  const old = text.slice(from + begin.length, to);
  return `${text.slice(0, from)}${begin}\n\n${table(old).join("\n")}\n\n${text.slice(to)}`;
}
