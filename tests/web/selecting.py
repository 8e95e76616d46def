"""Elements of a page by CSS selectors, as far as tests need them: lxml knows them only with another package."""

import re
from functools import cache
from typing import Any

import lxml.html

_PART = re.compile(r"#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)|\[(?P<name>[\w-]+)(?:='?(?P<value>[^\]']*)'?)?\]")


def parsed(body: bytes) -> Any:
    """A page."""
    return lxml.html.fromstring(body.decode())


def select(node: Any, selector: str) -> list[Any]:
    """The elements below one that a selector fits: names, ids, classes, attributes, with spaces and commas between."""
    return list(node.xpath(" | ".join(_path(part.strip()) for part in selector.split(","))))


@cache
def _path(selector: str) -> str:
    return "." + "".join(_step(step) for step in re.findall(r"(?:\[[^\]]*\]|[^\s\[])+", selector))


def _step(step: str) -> str:
    tag = re.match(r"\w+", step)
    tests = []
    for part in _PART.finditer(step):
        if part["id"]:
            tests.append(f"@id='{part['id']}'")
        elif part["class"]:
            tests.append(f"contains(concat(' ', @class, ' '), ' {part['class']} ')")
        else:
            tests.append(f"@{part['name']}" + ("" if part["value"] is None else f"='{part['value']}'"))
    return f"//{tag[0] if tag else '*'}" + "".join(f"[{test}]" for test in tests)
