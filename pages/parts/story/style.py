"""The style sheet of the story and of Home: sizes grow with the screen, colours follow the theme."""

from expertlens_core.pipeline.cards.html import PARTS

STREAMLIT = """
[data-testid=stMainBlockContainer] {padding-top:3.6rem;padding-bottom:2rem}
[data-testid=stBaseButton-primary] {background:#3b5bdb;border-color:#3b5bdb;color:#fff}
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
    return f"<style>{STREAMLIT}{PARTS}{AUDIENCE if audience else ''}</style>"
