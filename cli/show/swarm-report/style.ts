/** The report's style sheet, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1c2430; --soft: #5a6474; --rule: #e4e2dc;
  --blue: #2866c8; --green: #1f8a5b; --amber: #c27a12; --red: #c23b3b; --violet: #7a4fc0;
  --cold: #eef1f5; --warm: #2866c8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161d; --card: #1a2029; --ink: #e6e9ee; --soft: #97a1b0; --rule: #2b3340;
    --blue: #6ea3ff; --green: #4cc38e; --amber: #e5a544; --red: #ee7676; --violet: #b394f0;
    --cold: #202834; --warm: #7fb0ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 860px; margin: 0 auto; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 0 0 .3rem; }
p { margin: .3rem 0; }
.lead { font-size: 1.1rem; }
.setup, figcaption, .foot { color: var(--soft); }
.setup { font-size: .92rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 42%), 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .8rem 1rem; }
.tiles b { display: block; font-size: 1.55rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: .86rem; }
figure { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; margin: 0 0 1.25rem; padding: 1.1rem 1.25rem; }
figcaption { font-size: .92rem; margin-bottom: .6rem; }
.plot { position: relative; padding: .6rem 0 0 3.2rem; }
.plot svg { display: block; width: 100%; height: clamp(190px, 34vw, 290px); overflow: visible; }
.plot svg * { vector-effect: non-scaling-stroke; }
.plot .x, .plot .y { color: var(--soft); font-size: 12px; line-height: 1; font-variant-numeric: tabular-nums; }
.plot .y { position: absolute; left: 0; width: 2.8rem; top: .6rem; height: clamp(190px, 34vw, 290px); }
.plot .y span { white-space: nowrap; position: absolute; right: 0; transform: translateY(-50%); }
.plot .x { position: relative; height: 1.5rem; }
.plot .x:empty { height: .3rem; }
.plot .x span { position: absolute; top: .55rem; transform: translateX(-50%); white-space: nowrap; }
.grid { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.area { stroke: none; opacity: .22; }
.mark { stroke-width: 1.4; stroke-dasharray: 4 4; }
.line.blue, .mark.blue { stroke: var(--blue); } .line.green, .mark.green { stroke: var(--green); }
.line.amber, .mark.amber { stroke: var(--amber); } .line.red, .mark.red { stroke: var(--red); }
.mark.ink { stroke: var(--soft); }
.area.blue, .bar.blue { fill: var(--blue); } .bar.green { fill: var(--green); } .bar.amber { fill: var(--amber); }
.bar.red { fill: var(--red); } .bar.violet { fill: var(--violet); }
.bar:hover { opacity: .65; }
.keyed { display: inline-block; margin-right: .8em; }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .35em; vertical-align: -.05em; }
.key.dashed { width: 0; height: 1em; border-radius: 0; background: none; border-left: 2px dashed var(--soft); vertical-align: -.15em; }
.key.dashed.amber { border-color: var(--amber); } .key.dashed.red { border-color: var(--red); }
.key.blue { background: var(--blue); } .key.green { background: var(--green); } .key.amber { background: var(--amber); }
.key.red { background: var(--red); } .key.violet { background: var(--violet); } .key.ink { background: var(--soft); }
canvas { display: block; width: 100%; image-rendering: pixelated; border-radius: 4px; background: var(--cold); }
#copies { height: 240px; } #links { aspect-ratio: 1; max-width: 620px; margin: 0 auto; }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .78rem; margin-top: .2rem; }
.ramp { display: inline-block; width: 6em; height: .7em; border-radius: 3px; vertical-align: -.05em; margin: 0 .4em; background: linear-gradient(to right, var(--cold), var(--warm)); }
#tip { position: fixed; pointer-events: none; background: var(--ink); color: var(--paper); font-size: .82rem; padding: .25rem .55rem; border-radius: 6px; opacity: 0; transition: opacity .1s; max-width: calc(100vw - 16px); z-index: 1; }
table { width: 100%; border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--rule); } th:first-child, td:first-child { text-align: left; }
details { overflow-x: auto; } summary { cursor: pointer; font-weight: 600; }
.foot { overflow-wrap: anywhere; }
@media (max-width: 480px) {
  body { padding: 1.5rem .75rem 3rem; }
  figure { padding: .9rem; }
  .tiles li { padding: .6rem .75rem; }
  .plot { padding-left: 2.6rem; }
  .plot .y { width: 2.2rem; }
  .plot .x span:nth-child(even) { display: none; }
}
code { font: .88em ui-monospace, Consolas, monospace; background: var(--cold); padding: .1em .35em; border-radius: 4px; }
`;
