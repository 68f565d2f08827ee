import { expect, test } from "vitest";
import { leechers, seeders, swarmOf } from "#shared/sim/swarm/setup.ts";
import { Swarm } from "#shared/sim/swarm/swarm.ts";
import { swarmReport } from "./report.ts";

async function report(count: number, command = "tabswarm simulate"): Promise<string> {
  const swarm = new Swarm(swarmOf([seeders(1), leechers(count, { name: "<b>leecher" })], { pieces: 12 }));
  await swarm.run();
  return swarmReport(swarm.outcome(), command);
}

test("a report is one page that loads nothing", async () => {
  const html = await report(3);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/\b(?:src|href)=|https?:|@import|url\(/);
});

test("a report escapes names and the command, also in its data", async () => {
  const html = await report(3, 'tabswarm simulate "</script><i>"');
  expect(html).not.toContain("<b>leecher");
  expect(html).not.toContain("</script><i>");
  expect(html).toContain("&lt;b&gt;leecher 1");
});

test("a report shows both bounds, a bar for each peer, and who gave to whom", async () => {
  const html = await report(3);
  expect(html).toContain("fluid bound, 0.8 s");
  expect(html).toContain("bound for pieces, 0.9 s");
  expect(html.match(/<rect class="bar/g)).toHaveLength(4);
  const [, json = ""] = /id="links-data">(.*?)<\/script>/.exec(html) ?? [];
  const { names, rows, most } = JSON.parse(json);
  expect(names).toHaveLength(4);
  const given = rows.flatMap((row: [number, number][]) => row.map(([, kib]) => kib));
  expect(given.reduce((sum: number, kib: number) => sum + kib, 0)).toBeGreaterThan((3 * 12 * 65_536) / 1_024);
  expect(Math.max(...given)).toBe(most);
});

test("a swarm of one leecher has a report, too", async () => {
  expect(await report(1)).toContain("A swarm of 1 leecher<");
});
