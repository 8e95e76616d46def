"""The table to start from: a small plan of an invented city, filled in, and the text of its page."""

from pathlib import Path

_HERE = Path(__file__).parent


def starter() -> tuple[str, str]:
    """The table, marked as UTF-8 so that spreadsheets read it so, and the page's text."""
    table = (_HERE / "starter.csv").read_text(encoding="utf-8")
    return f"\ufeff{table}", (_HERE / "starter.txt").read_text(encoding="utf-8")
