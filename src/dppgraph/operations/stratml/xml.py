"""Elements as text: indented, the same bytes for the same elements, and never what XML cannot say."""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from dppgraph.errors import BadXml

# XML 1.0, section 2.2. A carriage return can be said, but only as a reference.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Node:
    """An element: with a text, or with the elements in it, of which None stands for none."""

    name: str
    content: "str | list[Node | None]" = ""
    attributes: str = ""


def rendered(node: Node, indent: str = "") -> str:
    """An element on lines of its own.

    Raises:
        BadXml: a text has a character that XML cannot say.
    """
    if isinstance(node.content, str):
        if _NOT_IN_XML.search(node.content):
            raise BadXml(f"XML cannot say a character in {node.content[:60]!r}: correct that text")
        text = escape(node.content, {"\r": "&#13;"})
        return f"{indent}<{node.name}{node.attributes}" + (f">{text}</{node.name}>\n" if text else "/>\n")
    inner = "".join(rendered(part, f"{indent}  ") for part in node.content if part)
    return f"{indent}<{node.name}{node.attributes}>\n{inner}{indent}</{node.name}>\n"
