"""XML that is built to do harm is refused in one line, and soon."""

import contextlib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dppgraph.errors import BadCall, BadXml
from dppgraph.operations.stratml import parse, read, read_file
from dppgraph.operations.stratml.labels import MARK

NS = 'xmlns="urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"'
PLAN = f"<PerformancePlanOrReport {NS}><Name>%s</Name></PerformancePlanOrReport>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "bomb": f'<!DOCTYPE PerformancePlanOrReport [<!ENTITY l0 "lol">{LAUGHS}]>{PLAN % "&l9;"}',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50000}">]>{PLAN % ("&a;" * 50000)}',
    "external": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{PLAN % "&a;"}',
    "parameter": f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>{PLAN % "x"}'.replace("%%", "%"),
    "dtd": f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{PLAN % "x"}',
    "empty": f"<!DOCTYPE x>{PLAN % 'x'}",
}
ATTRIBUTES = " ".join(f"a{n:06}=''" for n in range(120_000))
OTHERS = {
    "nested": ("<a>" * 10000, "more than 64 levels"),
    "attributes": (
        f"<PerformancePlanOrReport {NS}><a {ATTRIBUTES}/>",
        "a tag or comment of more than 1 MiB",
    ),
    "many attributes": (f"<PerformancePlanOrReport {NS}><a {ATTRIBUTES[:1319]}/>", "more than 100 attributes"),
    "a comment": (f"<PerformancePlanOrReport {NS}><!--{'x' * (4 << 20)}--></PerformancePlanOrReport>", "1 MiB"),
    "elements": (f"<PerformancePlanOrReport {NS}>{'<a/>' * 300_000}", "more than 200000 elements"),
    "no XML": ("this is a plan", "this is no XML that can be read"),
    "cut short": ((PLAN % "x")[:-5], "this is no XML that can be read"),
    "nothing": ("", "this is no XML that can be read"),
    "another root": (f"<Plan {NS}/>", "its root is Plan of urn:ISO"),
    "another namespace": ('<StrategicPlan xmlns="http://www.w3.org/1999/xhtml"/>', "this is no StratML"),
    "HTML": ("<!doctype html><p>Plan", "this is no XML that can be read"),
    "an entity that is not there": (PLAN % "&nbsp;", "this is no XML that can be read"),
    "a namespace that is not there": ("<s:StrategicPlan/>", "this is no XML that can be read"),
    "an encoding that is not there": ('<?xml version="1.0" encoding="utf-7"?><StrategicPlan/>', "encoding"),
}

HEAVY = {"elements": pytest.mark.heavy}


def refused(data: bytes, said: str) -> None:
    with pytest.raises(BadXml, match=said) as caught:
        parse(data, "plan.xml")
    message = str(caught.value)
    assert (message.startswith("plan.xml"), "\n" in message, len(message) < 500) == (True, False, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
@pytest.mark.parametrize("name", DOCTYPES)
def test_a_document_type_is_refused_in_any_encoding(name: str, encoding: str) -> None:
    data = DOCTYPES[name].encode(encoding)
    # Without a mark of byte order the parser has to guess, and may fail before it is that far.
    refused(data, "DOCTYPE|no XML")
    if encoding != "utf-16-le":
        refused(data, "it has a DOCTYPE")


@pytest.mark.parametrize("name", [pytest.param(name, marks=HEAVY.get(name, ())) for name in OTHERS])
def test_what_is_built_to_do_harm_or_is_no_stratml_is_refused(name: str) -> None:
    data, said = OTHERS[name]
    inside = f"<PerformancePlanOrReport {NS}>{data}" if name == "nested" else data
    refused(inside.encode(), said)


def test_a_file_over_the_cap_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    with path.open("wb") as file:
        # More than any memory, and all of it a hole.
        file.truncate(1 << 40)
    with pytest.raises(BadXml, match=r"plan\.xml is larger than 16 MiB"):
        read_file(path)
    # What has no size, such as a device, is read no further than the cap.
    with pytest.raises(BadXml, match="larger than 16 MiB"):
        read_file(Path("/dev/zero"))
    with pytest.raises(BadCall, match="cannot be read"):
        read_file(tmp_path)


def test_a_plan_without_a_name_or_a_goal_is_refused() -> None:
    for data, said in (
        (PLAN % " ", "the plan has no Name"),
        (PLAN % "x", "no Goal with a name"),
        (
            (PLAN % "x").replace("</Name>", f"</Name><OtherInformation>{MARK}\nLanguage: none</OtherInformation>"),
            "its Name only stands for one",
        ),
        (
            f"<StrategicPlan {NS}><Name>x</Name><StrategicPlanCore><Goal/></StrategicPlanCore></StrategicPlan>",
            "no Goal",
        ),
    ):
        with pytest.raises(BadXml, match=said):
            read(parse(data.encode(), "plan.xml"), "plan.xml")


def test_a_long_text_is_read() -> None:
    assert len(parse((PLAN % ("x " * (3 << 20))).encode(), "plan.xml").first("Name").text) > 5 << 20


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (PLAN % text).encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadXml):
        parse(data, "plan.xml")
