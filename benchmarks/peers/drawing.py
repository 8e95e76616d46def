"""A drawing in SVG: its style, on white and on black, and the parts that plots are made of."""

from html import escape
from typing import Final

WIDTH: Final = 720
STYLE: Final = """<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .ground { fill: #ffffff }
.title { font-weight: 600; font-size: 14px } .what { font-weight: 600 } .figure { fill: #59636e }
.ours { fill: #0b62c4; stroke: #0b62c4 } .theirs { fill: #9a6700; stroke: #9a6700 }
.spread { stroke: #1f2328; stroke-width: 1.5 }
.axis { stroke: #818b98; stroke-width: 0.4 } .curve { fill: none; stroke-width: 2 } rect, .name { stroke: none }
.c0 { stroke: #0b62c4; fill: #0b62c4 } .c1 { stroke: #9a6700; fill: #9a6700 } .c2 { stroke: #1a7f37; fill: #1a7f37 }
.c3 { stroke: #8250df; fill: #8250df } .c4 { stroke: #bc4c00; fill: #bc4c00 } .c5 { stroke: #57606a; fill: #57606a }
path.curve { fill: none } text.name { stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .ground { fill: #0d1117 } .figure { fill: #b1bac4 } .spread { stroke: #f0f6fc }
.ours { fill: #4c9bff; stroke: #4c9bff } .theirs { fill: #d4a72c; stroke: #d4a72c }
.c0 { stroke: #4c9bff; fill: #4c9bff } .c1 { stroke: #d4a72c; fill: #d4a72c } .c2 { stroke: #3fb950; fill: #3fb950 }
.c3 { stroke: #b48cff; fill: #b48cff } .c4 { stroke: #ff9b50; fill: #ff9b50 } .c5 { stroke: #b1bac4; fill: #b1bac4 }
}
</style>"""


def drawing(height: int, title: str, said: str, parts: list[str]) -> str:
    """A drawing with a title and, for whoever cannot see it, what it shows in words."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            'role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(said)}</desc>',
            STYLE,
            # On a ground of its own it is legible on a page of either kind, whatever the reader's system says.
            '<rect width="100%" height="100%" class="ground"/>',
            *parts,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, content: str, of: str = "", anchor: str = "") -> str:
    """A line of text, of a class."""
    more = (f' class="{of}"' if of else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{place(x)}" y="{place(y)}"{more}>{escape(content)}</text>'


def place(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
