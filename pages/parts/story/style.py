"""The style sheet of the story and of Home: sizes grow with the screen, colours follow the theme."""

PARTS = """
[data-testid=stMainBlockContainer] {padding-top:3.6rem;padding-bottom:2rem}
[data-testid=stBaseButton-primary] {background:#3b5bdb;border-color:#3b5bdb;color:#fff}
.el-hero {font-size:clamp(1.6rem,2.5vw,2.5rem);font-weight:700;line-height:1.15;margin:0;letter-spacing:-.01em;
  padding:0;text-wrap:balance}
.el-lead {font-size:1.12rem;line-height:1.5;opacity:.78;max-width:60rem;margin:.5rem 0 0}
.el-step {font-size:.82rem;letter-spacing:.06em;text-transform:uppercase;opacity:.7;margin:0 0 .3rem;font-weight:600}
.el-head {font-size:1.3rem;font-weight:650;line-height:1.25;margin:0 0 .7rem;padding:0}
.el-said {border-left:3px solid rgba(127,127,127,.35);padding:.1rem 0 .1rem .8rem;margin:0 0 .75rem;line-height:1.5}
.el-kind {font-size:.82rem;font-weight:650;margin:.2rem 0 .2rem;opacity:.8}
.el-text {line-height:1.55;margin:0 0 .9rem;overflow-wrap:anywhere;white-space:pre-wrap}
.el-prompt {opacity:.62}
mark.el-related, mark.el-name {color:inherit;background:rgba(0,147,107,.24);border-radius:.25em;padding:0 .12em;
  border-bottom:2px solid #00936b}
mark.el-name {background:rgba(0,147,107,.42);font-weight:700}
.el-number {font-size:2.9rem;font-weight:750;line-height:1;font-variant-numeric:tabular-nums}
.el-against {opacity:.75;line-height:1.45;margin:.35rem 0 1rem}
.el-chart {width:100%}
.el-legend {display:flex;gap:1rem;font-size:.85em;opacity:.85;margin-bottom:.4rem}
.el-legend i {display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}
.el-bars {display:flex;gap:clamp(2px,.6vw,10px);height:var(--el-high,9.5rem);align-items:stretch}
.el-column {flex:1;display:flex;flex-direction:column;min-width:0;text-align:center}
.el-stack {flex:1;display:flex;flex-direction:column;justify-content:flex-end;min-height:0;
  border-bottom:1px solid rgba(127,127,127,.5)}
.el-stack b {font-weight:600;font-size:.85em;opacity:.85}
.el-stack div {flex:0 0 auto;min-height:1px}
.el-column small {opacity:.75;font-size:.8em;padding-top:.2rem}
.el-axis {font-size:.8em;opacity:.7;text-align:center}
.el-count {font-size:.85em;opacity:.85;margin:0}
.el-pair {display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.2em 2em}
.el-caret {display:inline-block;width:.5em;height:1em;vertical-align:-.12em;background:currentColor;opacity:.5;
  margin-left:.1em}
.el-pair > div {display:flex;flex-direction:column}
.el-pair .el-text {flex:1}
.el-luck {opacity:.7}
.el-note {font-size:.9rem;opacity:.75;line-height:1.5;margin:0}
"""

AUDIENCE = """
[data-testid=stMainBlockContainer] {padding-top:4.2rem;padding-bottom:1rem;max-width:120rem}
.el-big {font-size:clamp(1.3rem,2.15vw,2.7rem);min-height:calc(100vh - 15.5rem);padding-top:1.2rem}
.el-big p {font-size:1em}
.el-big .el-three {font-size:.74em}
.el-big .el-hero {font-size:clamp(2.2rem,4.6vw,5rem)}
.el-big .el-lead {font-size:.85em;max-width:none}
.el-big .el-said {margin:1.1em 0;line-height:1.4}
.el-big .el-pair {margin-top:.9em}
.el-big .el-note {font-size:.55em;margin-top:1em}
.el-big .el-kind {font-size:.8em;margin-bottom:.5rem}
.el-big .el-text {line-height:1.42;min-height:8em}
.el-big .el-number {font-size:4.6em}
.el-big .el-against {line-height:1.35}
.el-big .el-chart {--el-high:clamp(13rem,42vh,30rem);font-size:.75em}
.el-badge {display:inline-block;font-size:clamp(.95rem,1.2vw,1.4rem);font-weight:650;border-radius:2em;
  padding:.2em .8em;border:2px solid currentColor;white-space:nowrap}
.el-badge.el-live {color:#00936b}
.el-badge.el-recorded {opacity:.75}
.el-top {display:flex;justify-content:space-between;align-items:center;gap:1rem;flex-wrap:wrap}
.el-top .el-path {display:flex;gap:1.2em;font-size:clamp(.95rem,1.2vw,1.4rem);list-style:none;margin:0;padding:0;
  flex-wrap:wrap}
.el-top .el-path li {opacity:.6;margin:0;padding:0}
.el-top .el-path li[aria-current] {opacity:1;font-weight:700;border-bottom:3px solid #4c6ef5}
.st-key-story-way button {min-height:3.4rem;padding:.4rem 1.8rem}
.st-key-story-way button p {font-size:clamp(1.1rem,1.5vw,1.7rem)}
"""


def style(audience: bool = False) -> str:
    return f"<style>{PARTS}{AUDIENCE if audience else ''}</style>"
