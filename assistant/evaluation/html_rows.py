"""The rows that went wrong, as HTML: what was said and heard with the differences marked, and the stage to blame."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from assistant.evaluation.words import aligned

Sound = Callable[[str, str], bytes | None]
"""(unit's key, row's id) -> a WAV as it was heard; None where there is none."""
Row = Mapping[str, Any]
_GRAVE = {"crash": 4, "file": 3}


def rows_that_went_wrong(rows: Sequence[Row], sound: Sound, most: int) -> str:
    """The gravest first: bugs, then what the shop did wrongly, then misunderstandings, then single words."""
    wrong = sorted((row for row in rows if row["blame"]), key=_gravity, reverse=True)
    if not wrong:
        return "<p>None.</p>"
    shown = "".join(_card(row, sound) for row in wrong[:most])
    rest = (
        f"<p class='soft'>And {len(wrong) - most} more; report.json has all of them.</p>" if len(wrong) > most else ""
    )
    return f"<p class='soft'>{min(most, len(wrong))} of {len(wrong)}, gravest first.</p>{shown}{rest}"


def _gravity(row: Row) -> tuple[float, ...]:
    misheard = row["errors"] or {"said": 1, "substitutions": 0, "deletions": 0, "insertions": 0}
    words = misheard["substitutions"] + misheard["deletions"] + misheard["insertions"]
    return (
        _GRAVE.get(row["blame"], 0),
        bool(row["faults"]) + (row["said"] == ""),
        row["intent_right"] is False,
        len(row["missed"]) + len(row["added"]),
        words / max(1, misheard["said"]),
    )


def _card(row: Row, sound: Sound) -> str:
    said, heard = _marked(row)
    facts = [("said", said), ("heard", heard)]
    if row["wanted"]:
        understood = escape(row["intent"] or "nothing")
        right = (
            f"{understood}"
            if row["intent_right"]
            else f"<del>{understood}</del> <ins>{escape(' or '.join(row['wanted']))}</ins>"
        )
        facts.append(("understood", right))
    facts += [("missed", escape(", ".join(row["missed"])))] if row["missed"] else []
    facts += [("added", escape(", ".join(row["added"])))] if row["added"] else []
    facts += [("shop", escape("; ".join(row["faults"])))] if row["faults"] else []
    facts += [("error", escape(row["error"]))] if row["error"] else []
    facts += [("reply", escape(row["reply"]))] if row["reply"] else []
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    about = escape(f"{row['configuration']}, {row['condition']}, {row['kind']}")
    return (
        f'<div class="row"><header><b>{escape(row["id"])}</b><span class="stage">{escape(row["blame"])}</span>'
        f"<small>{about}; {escape(row['where'])}</small></header><dl>{listed}</dl>{_player(row, sound)}</div>"
    )


def _marked(row: Row) -> tuple[str, str]:
    """What was said and what was heard, normalised and with differences marked where both are known."""
    refused = f"<i>[{escape(row['refused'] or 'nothing')}]</i>"
    if row["said"] is None:
        return "<i>not written down</i>", escape(row["heard"]) or refused
    if row["said"] == "" or not row["heard"]:
        return escape(row["said"]) or "<i>no words</i>", escape(row["heard"]) or refused
    said, heard = [], []
    for what, left, right in aligned(row["said"], row["heard"], row["language"]):
        equal = what == "equal"
        if left:
            said.append(escape(left) if equal else f"<ins>{escape(left)}</ins>")
        if right:
            heard.append(escape(right) if equal else f"<del>{escape(right)}</del>")
    return " ".join(said), " ".join(heard)


def _player(row: Row, sound: Sound) -> str:
    try:
        content = sound(row["unit"], row["id"]) if row["file"] else None
    except ValueError:  # the file was the trouble
        content = None
    if content is None:
        return ""
    data = base64.b64encode(content).decode()
    return f'<audio controls preload="none" src="data:audio/wav;base64,{data}"></audio>'
