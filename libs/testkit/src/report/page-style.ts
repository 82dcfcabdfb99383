/** The names of colours, by day and by night: plots take theirs from here, too. */
export const PALETTE = `
:root {
  --paper: #fbfaf8; --card: #ffffff; --ink: #1d1c1a; --muted: #6b6863; --line: #e4e1db;
  --blue: #2563c9; --orange: #d9611e; --teal: #0d8578; --violet: #7a4fc0; --rose: #c23a6b; --mark: #9a3412;
  --good: #1b7a3d; --good-wash: #e3f3e8; --bad: #b3261e; --bad-wash: #fbe6e4; --none-wash: #eeece8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151412; --card: #1e1c1a; --ink: #edeae4; --muted: #a09b93; --line: #35322e;
    --blue: #6ea3f5; --orange: #f0915a; --teal: #45bfae; --violet: #b091ec; --rose: #ec7ba3; --mark: #e0a07d;
    --good: #6fcf8f; --good-wash: #183524; --bad: #f4897f; --bad-wash: #45201d; --none-wash: #2b2926;
  }
}
`;

/** The look of all pages. */
export const STYLE = `${PALETTE}* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.015em; }
h2 { font-size: 20px; margin: 44px 0 4px; letter-spacing: -0.01em; }
h3 { font-size: 15px; margin: 26px 0 2px; }
p { margin: 4px 0 14px; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
code, .number { font-variant-numeric: tabular-nums; }
code { font: 13px/1.5 ui-monospace, monospace; }
.lead, .quiet, figcaption { color: var(--muted); }
.lead { font-size: 17px; }
.quiet, figcaption { font-size: 13px; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-size: 13px; font-weight: 600; white-space: nowrap; }
.passed { color: var(--good); background: var(--good-wash); }
.failed { color: var(--bad); background: var(--bad-wash); }
.not-run { color: var(--muted); background: var(--none-wash); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.tile b { display: block; font-size: 26px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: 13px; }
.circumstances { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 2px 28px; margin: 0 0 8px; font-size: 13px; }
.circumstances div { display: flex; gap: 10px; border-bottom: 1px solid var(--line); padding: 4px 0; }
.circumstances dt { color: var(--muted); min-width: 84px; }
.circumstances dd { margin: 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 12px 0 20px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; font-size: 12px; color: var(--muted); }
th, td { padding: 8px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td { overflow-wrap: anywhere; }
table.rows { table-layout: fixed; min-width: 720px; }
.rows th:nth-child(1) { width: 27%; }
.rows th:nth-child(2) { width: 27%; }
.rows th:nth-child(4) { width: 108px; }
td.pre { white-space: pre-wrap; }
tr.suite td { background: color-mix(in srgb, var(--line) 35%, transparent); font-weight: 600; }
tr.suite .quiet { font-weight: 400; margin: 0; }
tr.suite .badge { float: right; }
.kind { color: var(--muted); font-size: 12px; }
figure { margin: 18px 0 26px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 14px 10px; }
figure svg { display: block; width: 100%; height: auto; }
figure h4 { margin: 0 0 6px 6px; font-size: 14px; }
figcaption { margin: 2px 6px; }
details { font-size: 13px; color: var(--muted); margin: 8px 6px 2px; }
details ol { columns: 2; margin: 6px 0; padding-left: 0; list-style: none; }
.scroll { overflow: auto; max-height: 320px; }
`;
