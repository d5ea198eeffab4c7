import { Markup } from './markup.ts';

/** Light and dark as the reader's system is; nothing is fetched. */
export const reportStyle = new Markup(`
:root { color-scheme: light dark; --paper: #fff; --panel: #f6f6f3; --ink: #1c2126; --ink-2: #545c64; --line: #dddcd6;
  --good: #23703a; --bad: #b3261e; --warn: #8a5300;
  --c0: #135e66; --c1: #c2571a; --c2: #4a5fc1; --c3: #a3356f; --c4: #5d7a00; --c5: #7a5195; --c6: #8a6d00; --c7: #4f6272; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --panel: #1c2024; --ink: #e7e9ea; --ink-2: #a3adb5; --line: #363d43;
    --good: #7bcf91; --bad: #ff9c92; --warn: #f0bd6b;
    --c0: #5fc4c8; --c1: #f0945a; --c2: #93a5f5; --c3: #ec86b6; --c4: #aecb57; --c5: #c19fdd; --c6: #e0bd55; --c7: #a9b8c4; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1160px; padding: 24px 18px 60px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.2rem; margin: 34px 0 8px; padding-top: 10px; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 20px 0 6px; }
p { margin: 6px 0; }
figure { margin: 14px 0; }
figcaption { font-weight: 600; }
.small { font-size: 0.86rem; color: var(--ink-2); }
.muted { color: var(--ink-2); }
.spread { display: block; font-size: 0.86rem; color: var(--ink-2); }
.difference { display: block; min-width: 124px; }
.tells { font-weight: 600; }
.verdict { padding: 10px 14px; border-left: 4px solid var(--warn); background: var(--panel); }
.verdict.good { border-color: var(--good); }
.verdict.good strong { color: var(--good); }
.verdict.bad { border-color: var(--bad); }
.verdict.bad strong { color: var(--bad); }
.table { overflow-x: auto; }
table { border-collapse: collapse; min-width: 320px; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: normal; }
th { font-weight: 500; font-size: 0.86rem; color: var(--ink-2); white-space: nowrap; }
.number { text-align: right; }
td.number { white-space: nowrap; }
code, pre { font: 0.86rem/1.45 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { padding: 12px; background: var(--panel); white-space: pre-wrap; }
.chart { overflow-x: auto; }
.chart svg { display: block; width: 100%; min-width: 520px; max-width: 820px; }
svg text { font-size: 12px; fill: var(--ink-2); }
svg .grid { stroke: var(--line); }
svg .zero { stroke: var(--ink-2); stroke-width: 1.5; }
svg .least { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .whisker { stroke: var(--c0); stroke-width: 1.3; }
svg .line { fill: none; stroke-width: 2; }
svg .band { fill-opacity: 0.16; }
svg .histogram { fill-opacity: 0.3; stroke-width: 1.4; }
svg .dots { fill: none; stroke-width: 5; stroke-linecap: round; stroke-opacity: 0.75; }
.key { width: 14px; height: 4px; vertical-align: middle; }
${Array.from({ length: 8 }, (_, at) => `.c${at} { fill: var(--c${at}); } .line.c${at}, .histogram.c${at}, .dots.c${at} { stroke: var(--c${at}); }`).join('\n')}
svg .line, svg .dots { fill: none; }
.legend { list-style: none; margin: 4px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 0.86rem; color: var(--ink-2); }
.query { display: grid; grid-template-columns: 150px minmax(0, 1fr); gap: 14px; padding: 8px 0; border-bottom: 1px solid var(--line); }
.asked { display: flex; gap: 8px; font-size: 0.86rem; overflow-wrap: anywhere; }
.query ol { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; margin: 0; padding: 0; }
.query li { width: 64px; font-size: 0.79rem; text-align: center; }
.query img { display: block; flex: none; border-radius: 4px; object-fit: cover; background: var(--panel); }
.no-picture { display: block; width: 64px; height: 64px; overflow: hidden; font-size: 0.7rem; background: var(--panel); overflow-wrap: anywhere; }
.right img { outline: 2px solid var(--good); }
.wrong img { outline: 2px dashed var(--bad); }
.right > span:last-child { color: var(--good); }
.wrong > span:last-child { color: var(--bad); }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 18px; }
.norms { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 0 18px; }
.norms .chart svg { min-width: 400px; }
.norms svg text { font-size: 16px; }
.map svg { display: block; width: 100%; background: var(--panel); }
.runs { padding-left: 18px; }
@media (max-width: 640px) { .query { grid-template-columns: minmax(0, 1fr); } }
@media print { section { break-inside: auto; } figure { break-inside: avoid; } }
`);
