"""The figure of a target, and whether the page's words say the same.

Numbers written out ("honderd", "fifty") cannot be compared; digits can.
"""

import re
from decimal import Decimal
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter

_QUANTITY = re.compile(r"([+-]?\d[\d.,\s]*)(\D*)")
_UNCLEAR = re.compile(r"[+-]?\d+[.,]\d{3}")
_SPACES = "\u0020\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"(?P<groups>\d{{1,3}}(?:[.,'’{_SPACES}]\d{{3}})+(?!\d))(?P<rest>[.,]\d+)?|(?P<plain>\d+(?:[.,]\d+)?)"
)
_FRACTION = re.compile(r"\d\s*[/⁄]\s*\d|[¼-¾⅐-⅞]")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_BEFORE_YEAR = re.compile(
    r"(?i)\b(?:tegen|in|by|until|before|from|since|jaar|year|vanaf|sinds|v[oó]{2}r|van|tot|eind|end|d[’']ici|en|fin|"
    r"depuis|bis|ab|seit|jahr|ende)\s+$"
)
_SCALES: Final = {
    "duizend": 3, "thousand": 3, "mille": 3, "tausend": 3,
    "miljoen": 6, "million": 6, "millions": 6, "millionen": 6, "mln": 6, "mio": 6,
    "miljard": 9, "milliard": 9, "milliards": 9, "milliarde": 9, "milliarden": 9, "billion": 9, "mrd": 9,
}  # fmt: skip


def quantity(value: str) -> tuple[Decimal, str]:
    """The number and the unit's name of ``40 percent`` or ``2,5 %``.

    Raises:
        BadParameter: one of them is missing, or the number can be read in two ways.
    """
    found = _QUANTITY.fullmatch(value.strip())
    if not found:
        raise BadParameter("value names no number: write the figure and its unit, such as 40 percent")
    number = "".join(found[1].split())
    if _UNCLEAR.fullmatch(number):
        raise BadParameter(f"{number} can be read in two ways: write thousands without a separator, such as 1000")
    number = number.replace(",", ".")
    if number.count(".") > 1 or number.endswith("."):
        raise BadParameter(f"{number} is no number: write it as 1000 or 2.5")
    scale, _, unit = found[2].strip().partition(" ")
    if zeros := _SCALES.get(scale.casefold()):
        raise BadParameter(f"write the number in full: {plain(Decimal(number).scaleb(zeros))} {unit}".rstrip())
    return Decimal(number), found[2].strip()


def decimal(number: Decimal) -> str:
    """A number as a term."""
    return literal(plain(number), datatype=f"{PREFIXES['xsd']}decimal")


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no zeros behind the decimals."""
    text = f"{number:f}"
    return text.rstrip("0").removesuffix(".") if "." in text else text


def compare(number: Decimal, words: str, *, percentage: bool) -> None:
    """Compares a figure with the numbers that its words name in digits.

    Args:
        number: the figure, whose sign the words may tell otherwise ("5 % minder").
        words: the page's words.
        percentage: whether it is one; a year in its words is then no figure at all.

    Raises:
        BadParameter: there are such numbers, and it is none of them.
    """
    if _FRACTION.search(words):
        return
    said: set[Decimal] = set()
    for found in _NUMBER.finditer(words):
        readings = _readings(found, words)
        if abs(number) in readings:
            return
        is_year = _YEAR.fullmatch(found[0]) and (percentage or _BEFORE_YEAR.search(words[: found.start()]))
        if not is_year:
            said |= readings
    if said:
        shown = " or ".join(plain(one) for one in sorted(said))
        fewer = ", or take the words of the figure alone" if len(said) > 1 else ""
        raise BadParameter(f"the words say {shown}, the value {plain(number)}: correct one of them{fewer}")


def _readings(found: re.Match[str], words: str) -> set[Decimal]:
    """What a number in digits may mean: 1.200 is one thing to some, and another to others."""
    if found["groups"]:
        whole = re.sub(r"\D", "", found["groups"])
        texts = {whole + (found["rest"] or "").replace(",", ".")}
        if _UNCLEAR.fullmatch(found[0]):
            texts.add(found[0].replace(",", "."))
    else:
        texts = {found["plain"].replace(",", ".")}
    after = re.match(r"\s*([^\W\d_]+)", words[found.end() :])
    zeros = _SCALES.get(after[1].casefold(), 0) if after else 0
    return {Decimal(text).scaleb(zeros) for text in texts}
