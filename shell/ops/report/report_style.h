/* The style sheet of a report: for a screen by day and by night, for a phone, for paper. */
#ifndef BELAY_REPORT_STYLE_H
#define BELAY_REPORT_STYLE_H

static const char report_style[] =
    ":root{--ink:#1d2330;--soft:#5b6475;--line:#d9dee7;--paper:#fff;--tint:#f4f6fa;--good:#1c7c4a;"
    "--warn:#9a6700;--bad:#b3261e;--bar:#3b6fd4}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9f0;--soft:#9aa4b8;--line:#323a49;"
    "--paper:#14181f;--tint:#1c222c;--good:#5cc98d;--warn:#e0b04c;--bad:#ff8a80;--bar:#7aa5ff}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}"
    "main{max-width:70rem;margin:0 auto;padding:1.5rem 1rem 4rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}"
    "h2{font-size:1.15rem;margin:2.25rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}"
    "h3{font-size:1rem;margin:1.25rem 0 .25rem}"
    "p{margin:.25rem 0 .75rem}.soft{color:var(--soft)}"
    "nav a{color:inherit;margin-right:.9rem;white-space:nowrap}nav{line-height:1.9}"
    ".state{display:inline-block;padding:.1rem .6rem;border-radius:1rem;border:1px solid currentColor}"
    ".good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.25rem 0 .75rem}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .7rem .3rem 0;"
    "border-bottom:1px solid var(--line);overflow-wrap:anywhere;min-width:4rem}"
    "th{color:var(--soft);font-weight:600}"
    "dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.15rem 1rem;margin:.25rem 0}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere;min-width:0}"
    "code,.mono{font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
    "td code{display:block;background:var(--tint);padding:.3rem .5rem;border-radius:.25rem}"
    ".lane{display:grid;grid-template-columns:minmax(8rem,16rem) 1fr 6rem;gap:.75rem;align-items:center;"
    "padding:.15rem 0}.lane>span{overflow-wrap:anywhere}"
    ".track{background:var(--tint);height:.9rem;border-radius:.2rem;overflow:hidden}"
    ".bar{display:block;height:100%;min-width:3px;background:var(--bar);border-radius:.2rem}"
    ".bar.bad{background:var(--bad)}.bar.warn{background:var(--warn)}"
    "@media(max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}"
    ".lane{grid-template-columns:1fr}}"
    "@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--tint:#f2f2f2;--good:#000;"
    "--warn:#000;--bad:#000;--bar:#555}body{font-size:10pt}nav{display:none}main{max-width:none;padding:0}"
    "h2,h3{break-after:avoid}tr,.lane{break-inside:avoid}.wide{overflow:visible}"
    ".track,.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

#endif
