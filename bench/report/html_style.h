/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The style sheet of the page. --c1 and so on are the colours that plots refer to by number
 * (plot.h): text, axis, grid, noise, better, worse, no difference; from 10 on the arms.
 */
#pragma once

// clang-format off
#define HTML_STYLE \
":root { color-scheme: light dark; --bg: #fff; --soft: #f4f5f7; --line: #d5d9de; --weak: #59636e;\n" \
" --c1: #1f2328; --c2: #6e7781; --c3: #dfe3e8; --c4: #e4e7eb; --c5: #1a7f37; --c6: #c02a1e;\n" \
" --c7: #8c959f; --c10: #4d4d4d; --c11: #0068b5; --c12: #c94f00; --c13: #00845a; --c14: #b0478c;\n" \
" --c15: #8a6d00; --c16: #2f8fc4; --c17: #7a3fb0; --c18: #a3202d; --c19: #5d7f1f; }\n" \
"@media screen and (prefers-color-scheme: dark) {\n" \
" :root { --bg: #0f1318; --soft: #1a2027; --line: #343c46; --weak: #9aa5b1;\n" \
" --c1: #e6e9ed; --c2: #8b96a3; --c3: #2a313a; --c4: #29303a; --c5: #46c265; --c6: #ff7b6e;\n" \
" --c7: #77828e; --c10: #c8c8c8; --c11: #5cb3ff; --c12: #ff9a5c; --c13: #3fd6a3; --c14: #f08ccf;\n" \
" --c15: #e0c04a; --c16: #8fd8ff; --c17: #c39bff; --c18: #ff7d87; --c19: #b5dc6b; } }\n" \
"* { box-sizing: border-box; }\n" \
"body { margin: 0; background: var(--bg); color: var(--c1);\n" \
" font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; }\n" \
"main { max-width: 80rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }\n" \
"h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 .6em; overflow-wrap: anywhere; }\n" \
"h1 { font-size: 1.75rem; margin-top: .5em; }\n" \
"h2 { font-size: 1.4rem; border-top: 1px solid var(--line); padding-top: 1em; }\n" \
"h3 { font-size: 1.1rem; } h4 { font-size: 1rem; }\n" \
"p { max-width: 48rem; margin: .6em 0; } a { color: inherit; }\n" \
"code, pre { font: .875em/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }\n" \
"code, td, th, figcaption, li { overflow-wrap: anywhere; unicode-bidi: isolate; }\n" \
"pre { background: var(--soft); padding: .75rem; overflow: auto; max-height: 24rem; }\n" \
"nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none; }\n" \
".weak { color: var(--weak); }\n" \
".note { border-left: 4px solid var(--c12); background: var(--soft); padding: .6rem .9rem; }\n" \
".best { border-left: 4px solid var(--c5); background: var(--soft); padding: .6rem .9rem;\n" \
" list-style: none; margin: 1em 0; max-width: 48rem; }\n" \
/* a shadow at the side where there is more */ \
".scroll { overflow-x: auto; background: linear-gradient(to right, var(--bg) 40%, transparent) left,\n" \
" linear-gradient(to left, var(--bg) 40%, transparent) right,\n" \
" linear-gradient(to right, var(--line), transparent) left,\n" \
" linear-gradient(to left, var(--line), transparent) right;\n" \
" background-size: 2.5rem 100%, 2.5rem 100%, .8rem 100%, .8rem 100%;\n" \
" background-repeat: no-repeat; background-attachment: local, local, scroll, scroll; }\n" \
".scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--c11); }\n" \
"table { margin: 1em 0; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }\n" \
"caption { text-align: left; color: var(--weak); padding-bottom: .4rem; }\n" \
"caption span { display: inline-block; max-width: calc(100vw - 2.5rem); position: sticky; left: 0; }\n" \
"th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0;\n" \
" border-bottom: 1px solid var(--line); min-width: 4.5rem; white-space: nowrap; }\n" \
"thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); max-width: 14rem;\n" \
" overflow-wrap: anywhere; white-space: normal; }\n" \
"tbody th { font-weight: 600; position: sticky; left: 0; background: var(--bg);\n" \
" min-width: 8.5rem; max-width: 16rem; overflow-wrap: anywhere; white-space: normal; }\n" \
"@media (min-width: 50rem) { tbody th { min-width: 11rem; } }\n" \
"td.long { white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }\n" \
"td small, th small { display: block; color: var(--weak); font-weight: 400; white-space: nowrap; }\n" \
".number, tbody th.number { text-align: right; white-space: nowrap; min-width: 0; }\n" \
".better { color: var(--c5); font-weight: 600; } .worse { color: var(--c6); font-weight: 600; }\n" \
".plots { display: grid; gap: 1rem 2rem;\n" \
" grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }\n" \
"figure { margin: 0; min-width: 0; } figcaption { font-size: .9rem; margin-bottom: .3rem; }\n" \
"figcaption b { display: block; }\n" \
"svg { display: block; width: 100%; max-width: 40rem; height: auto; }\n" \
"svg g { font-family: inherit; }\n" \
"summary { cursor: pointer; padding: .3rem 0; }\n" \
"@media print { body { font-size: 10pt; } main { max-width: none; padding: 0; }\n" \
" h1, h2, h3, h4 { break-after: avoid; } figure, tr { break-inside: avoid; }\n" \
" .scroll, pre { overflow: visible; max-height: none; background: none; } pre { white-space: pre-wrap; }\n" \
" tbody th { position: static; } .plots { grid-template-columns: 1fr 1fr; }\n" \
" table { font-size: 8pt; } th, td { min-width: 0; padding-right: .4rem; }\n" \
" td details::details-content { content-visibility: visible; display: block; } nav { display: none; } }\n"
// clang-format on
