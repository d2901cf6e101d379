"""A run as JUnit XML: one test case a row, so that a CI system names the rows that are wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from assistant.evaluation.results import Step
from assistant.evaluation.summary import Group

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def write_junit(path: Path, groups: Sequence[Group]) -> None:
    """One suite for each group; a wrong row is a failure, one that could not be played an error."""
    suites = Xml.Element("testsuites", name="handla evaluate")
    for group in groups:
        steps = group.steps
        name = f"{group.configuration}: {group.condition}, {group.kind}"
        broken = sum(bool(step.error) for step in steps)
        suite = Xml.SubElement(
            suites,
            "testsuite",
            name=_clean(name),
            tests=str(len(steps)),
            failures=str(sum(step.wrong for step in steps) - broken),
            errors=str(broken),
            time=f"{sum(_seconds(step) for step in steps):.3f}",
        )
        for step in steps:
            case = Xml.SubElement(suite, "testcase", classname=_clean(name), name=_clean(step.id))
            case.set("time", f"{_seconds(step):.3f}")
            if step.error:
                Xml.SubElement(case, "error", message=_clean(step.error)).text = _clean(step.where)
            elif step.wrong:
                Xml.SubElement(case, "failure", message=_clean(fault(step)), type=step.blame or "").text = _clean(
                    f"{step.where}\nsaid   {step.said}\nheard  {step.heard or step.refused}\nreply  {step.reply}"
                )
    Xml.indent(suites)
    Xml.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def fault(step: Step) -> str:
    """What is wrong with a row, in one line."""
    parts = [step.error] if step.error else []
    if step.said == "" and step.heard:
        parts.append("words where there are none")
    if step.intent_right is False:
        parts.append(f"{step.intent or 'nothing'}, not {' or '.join(step.wanted)}")
    parts += [f"missed {', '.join(step.missed)}"] if step.missed else []
    parts += [f"added {', '.join(step.added)}"] if step.added else []
    parts += step.faults or ()
    if not parts and step.errors and step.errors.all:
        parts.append(f"{step.errors.all} of {step.errors.said} words")
    return "; ".join(parts)


def _seconds(step: Step) -> float:
    return sum(took for stage, took in step.timings_ms.items() if stage != "response") / 1000


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
