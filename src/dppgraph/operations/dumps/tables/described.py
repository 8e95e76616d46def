"""What the tables hold: ``tables.csv-metadata.json``, as CSV on the Web has it, read to fill them and sent with them.

These say what is in a table: its ``dc:type``, the classes of its rows; of a column ``propertyUrl`` and ``lang``;
``separator``, where all values are told and not the first alone; ``valueUrl`` with the name of the key, where the
property leads from the cell to the row; ``aboutUrl`` with ``#period``, where it is said of the row's period.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

METADATA: Final = "-metadata.json"
"""What follows the name of a table's file in that of its metadata (Tabular Data Model, section 5.3)."""

_FILE: Final = Path(__file__).parent / "tables.csv-metadata.json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name, in the table's first line.
        property: the property of its values, as a term; None for the key.
        language: of its texts; None where it holds none.
        is_iri: whether it holds IRIs.
        separator: between its values; None where it holds only one.
        backwards: whether the property leads from the value to the row.
        of_period: whether it is said of the row's period.
    """

    name: str
    property: str | None
    language: str | None
    is_iri: bool
    separator: str | None
    backwards: bool
    of_period: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: its name.
        classes: those of its rows, as terms.
        columns: the key first.
        refers: column to the table whose key its values are.
        said: its description, as the file has it.
    """

    name: str
    classes: frozenset[str]
    columns: tuple[Column, ...]
    refers: Mapping[str, str]
    said: Mapping[str, Any]

    def metadata(self, tables: Mapping[str, "Table"]) -> bytes:
        """The content of its metadata file, with those of the tables that it refers to."""
        others = [tables[name].said for name in sorted(set(self.refers.values()) - {self.name})]
        group = {"@context": _read()["@context"], "tables": [self.said, *others]}
        return f"{json.dumps(group, ensure_ascii=False, indent=1)}\n".encode()


def read_tables() -> dict[str, Table]:
    """The tables, by name."""
    return {table.name: table for table in map(_table, _read()["tables"])}


@cache
def _read() -> Any:
    return json.loads(_FILE.read_text(encoding="utf-8"))


def _table(said: Mapping[str, Any]) -> Table:
    schema = said["tableSchema"]
    return Table(
        _name(said["url"]),
        frozenset(f"<{class_['@id']}>" for class_ in said["dc:type"]),
        tuple(_column(column, schema["primaryKey"]) for column in schema["columns"]),
        {key["columnReference"]: _name(key["reference"]["resource"]) for key in schema.get("foreignKeys", [])},
        said,
    )


def _column(said: Mapping[str, Any], key: str) -> Column:
    return Column(
        said["name"],
        f"<{said['propertyUrl']}>" if "propertyUrl" in said else None,
        said.get("lang"),
        said["datatype"] == "anyURI",
        said.get("separator"),
        said.get("valueUrl") == f"{{+{key}}}",
        said.get("aboutUrl", "").endswith("#period"),
    )


def _name(url: str) -> str:
    return url.removesuffix(".csv")
