#pragma once
// How the page of the executive report looks. For board_html.cc.

#include <string_view>

namespace sallyport::discovery {

// Colours are told apart without red and green, and in grey; each has its word in a legend too.
inline constexpr std::string_view kBoardStyle = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b2430; --soft: #5b6776; --line: #dde2e8;
  --tile: #f4f6f9; --sanctioned: #2566a8; --other: #b9c1cb; --unsanctioned: #c9541f; --high: #b23a1e;
  --medium: #e0a33a; --low: #3b83b5; --unknown: #c3c9d1; --sent: #c9541f; --received: #7fa6cc;
  --people: #2566a8; --on-dark: #ffffff; --on-light: #1b2430; }
@media (prefers-color-scheme: dark) { :root { --paper: #14191f; --ink: #e6eaef; --soft: #9ba7b5;
  --line: #2d3742; --tile: #1d242c; --sanctioned: #5c9bdb; --other: #5d6875; --unsanctioned: #e8804f;
  --high: #e2674a; --medium: #d9a648; --low: #5ea4d3; --unknown: #4d5763; --sent: #e8804f;
  --received: #4b7196; --people: #5c9bdb; --on-dark: #14191f; --on-light: #14191f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 40px 28px 56px; }
header { border-bottom: 3px solid var(--ink); padding-bottom: 10px; margin-bottom: 24px;
  display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; gap: 4px 24px; }
h1 { font-size: 30px; line-height: 1.15; margin: 0; letter-spacing: -0.01em; }
header p { margin: 0; color: var(--soft); font-size: 16px; font-variant-numeric: tabular-nums; }
h2 { font-size: 19px; margin: 0 0 2px; letter-spacing: -0.005em; }
section { margin: 34px 0 0; }
.lead { margin: 0 0 12px; color: var(--soft); max-width: 62ch; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; }
.tiles div { background: var(--tile); border-radius: 8px; padding: 12px 16px 13px; }
.tiles b { display: block; font-size: 25px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: 13.5px; line-height: 1.35; display: block; }
.points ul, .notes ul { margin: 8px 0 0; padding-left: 20px; }
.points li { margin: 5px 0; }
.notes { color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); padding-top: 14px; }
.notes h2 { font-size: 14px; color: var(--ink); }
.notes li { margin: 3px 0; }
svg { display: block; overflow: visible; width: 100%; height: auto; margin: 6px 0 14px; }
svg text { font-size: 12.5px; fill: var(--ink); }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg .value, svg .scale { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg .on { text-anchor: middle; font-weight: 600; fill: var(--on-dark); }
svg .medium-on, svg .unknown-on { fill: var(--on-light); }
svg .grid { stroke: var(--line); } svg .ground { stroke: var(--soft); }
.sanctioned { fill: var(--sanctioned); background: var(--sanctioned); }
.other { fill: var(--other); background: var(--other); }
.unsanctioned { fill: var(--unsanctioned); background: var(--unsanctioned); }
rect.high, i.high { fill: var(--high); background: var(--high); }
rect.medium, i.medium { fill: var(--medium); background: var(--medium); }
rect.low, i.low { fill: var(--low); background: var(--low); }
rect.unknown, i.unknown { fill: var(--unknown); background: var(--unknown); }
.sent { fill: var(--sent); background: var(--sent); }
.received { fill: var(--received); background: var(--received); }
.people { fill: var(--people); background: var(--people); }
.legend { margin: 0 0 4px; font-size: 13px; color: var(--soft); display: flex; flex-wrap: wrap; gap: 4px 18px; }
i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; vertical-align: bottom;
  border-bottom: 1.5px solid var(--soft); padding: 4px 12px 4px 0; }
td { border-bottom: 1px solid var(--line); padding: 5px 12px 5px 0; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
td.n + td:not(.n), th.n + th:not(.n) { padding-left: 12px; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.mark { white-space: nowrap; }
.score { display: inline-block; min-width: 26px; text-align: center; border-radius: 4px; font-weight: 600;
  border: 1.5px solid var(--unknown); padding: 0 4px; }
.score.high { border-color: var(--high); } .score.medium { border-color: var(--medium); }
.score.low { border-color: var(--low); } .score.none { color: var(--soft); font-weight: 400; }
details { margin-top: 4px; } summary { color: var(--soft); font-size: 13px; cursor: pointer; }
footer { margin-top: 18px; color: var(--soft); font-size: 12.5px; }
@media (max-width: 620px) { .tiles { grid-template-columns: repeat(2, 1fr); } main { padding: 24px 16px; }
  table { display: block; overflow-x: auto; } }
@page { size: A4; margin: 15mm 14mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 9px system-ui, sans-serif; color: #4d5866; } }
@media print { :root { color-scheme: light; --paper: #ffffff; --ink: #1b2430; --soft: #4d5866; --line: #d5dbe2;
    --tile: #f2f4f7; --sanctioned: #2566a8; --other: #b9c1cb; --unsanctioned: #c9541f; --high: #b23a1e;
    --medium: #e0a33a; --low: #3b83b5; --unknown: #c3c9d1; --sent: #c9541f; --received: #7fa6cc;
    --people: #2566a8; --on-dark: #ffffff; --on-light: #1b2430; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { font-size: 12.5px; } main { max-width: none; padding: 0; } section { margin-top: 24px; }
  h2 { break-after: avoid; } .lead, .legend { break-after: avoid; } svg, tr, .tiles, .points { break-inside: avoid; }
  table { font-size: 11.5px; } details { display: none; } }
)css";

}  // namespace sallyport::discovery
