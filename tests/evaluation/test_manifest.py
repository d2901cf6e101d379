"""Manifests: every mistake told before any work, and what a row comes to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.evaluation.labels import Effect, Line
from assistant.evaluation.manifest import BadManifest, Row, read_manifests
from tests.evaluation.recordings import Folder


def rows(folder: Folder) -> list[Row]:
    return [row for unit in read_manifests([folder.write()], 120) for row in unit]


def mistakes(folder: Folder, text: str, name: str = "bad.jsonl") -> list[str]:
    path = folder.path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadManifest) as told:
        read_manifests([path], 120)
    return [line.replace(f"{folder.path}/", "") for line in str(told.value).splitlines()]


def test_every_mistake_of_a_manifest_is_told_with_its_line(folder: Folder) -> None:
    folder.tone("a.wav")
    lines = [
        '{"file": "a.wav", "text": "yes"}',
        '{"file": "gone.wav"}',
        '{"id": "a.wav", "file": "a.wav"}',
        '{"file": "a.wav", "id": "b", "intent": "add_to_baskte"}',
        '{"id": "c"}',
        '{"file": "a.wav", "id": "d", "kind": "real"}',
        '{"file": "a.wav", "id": "e", ',
        '["a.wav"]',
        '{"file": "a.wav", "id": "f", "lines": [{"product": "latte", "quantity": 0}]}',
        '{"file": "a.wav", "id": "g", "language": "tlh"}',
    ]
    told = mistakes(folder, "\n".join(lines))
    assert told == [
        "bad.jsonl, line 2: gone.wav: no such file. Check the path.",
        "bad.jsonl, line 3: the id 'a.wav' is that of bad.jsonl, line 1; ids must be unique.",
        "bad.jsonl, line 4: unknown intent 'add_to_baskte'; did you mean add_to_basket?",
        "bad.jsonl, line 5: has neither a file nor a text; name the recording, or write the words to be typed.",
        "bad.jsonl, line 6: kind is 'real'; write recorded or synthetic.",
        "bad.jsonl, line 7: not JSON: Expecting property name enclosed in double quotes: line 1 column 30 (char 29).",
        "bad.jsonl, line 8: not a JSON object; write {...} with at least a file or a text.",
        "bad.jsonl, line 9: lines.0.quantity: input should be greater than or equal to 1.",
        "bad.jsonl, line 10: language is 'tlh'; Handla speaks en, sv.",
    ]


def test_a_sound_that_is_none_or_too_long_is_a_mistake(folder: Folder) -> None:
    (folder.path / "noise.wav").write_text("no sound")
    folder.tone("long.wav", 130, rate=4000)
    told = mistakes(folder, '{"file": "noise.wav"}\n{"file": "long.wav"}')
    assert told[0].startswith("bad.jsonl, line 1: noise.wav: not a sound file")
    assert "line 2: long.wav: lasts 130 s; one turn may last 120 s" in told[1]


def test_a_manifest_or_folder_that_is_not_there_or_empty_is_a_mistake(folder: Folder) -> None:
    assert mistakes(folder, "\n") == ["bad.jsonl: holds no row."]
    (folder.path / "empty").mkdir()
    for path, told in ((folder.path / "gone.jsonl", "no such file"), (folder.path / "empty", "holds no sound file")):
        with pytest.raises(BadManifest, match=told):
            read_manifests([path], 120)


def test_a_row_keeps_its_labels_and_every_other_column_as_a_tag(folder: Folder) -> None:
    line = {"product": ["latte", "Caffe Latte"], "quantity": 2, "options": {"milk": "oat milk/a little"}}
    folder.says("two lattes", intent=["add_to_basket", "reorder"], slots={"quantity": 2}, lines=[line],
                expects={"basket": [line], "orders": 0, "list": ["milk"]}, speaker=7, till="front")  # fmt: skip
    (row,) = rows(folder)
    wanted = Line(("latte", "Caffe Latte"), 2, {"milk": "oat milk/a little"})
    assert row.intents == ("add_to_basket", "reorder")
    assert row.lines == (wanted,)
    assert row.expects == Effect(orders=0, basket=(wanted,), listed=("milk",))
    assert row.tags == {"speaker": "7", "till": "front"}
    assert (row.kind, row.id, row.spoken) == ("recorded", "000.wav", True)


def test_rows_of_one_conversation_are_one_unit_and_a_row_without_a_file_is_typed(folder: Folder) -> None:
    folder.says("a latte", conversation="one")
    folder.says("an espresso")
    folder.rows.append({"text": "check out", "conversation": "one"})
    units = read_manifests([folder.write()], 120)
    assert [[row.text for row in unit] for unit in units] == [["a latte", "check out"], ["an espresso"]]
    assert units[0][1].kind == "typed"


def test_a_csv_means_the_same_as_json_lines(folder: Folder) -> None:
    folder.tone("a.wav")
    path = folder.path / "rows.csv"
    path.write_text(
        "file,id,text,intent,slots,speaker\n"
        'a.wav,1,two lattes,add_to_basket,"{""quantity"": 2}",Ann\n'
        'a.wav,2,(no words),,,\na.wav,3,,"[""affirm"", ""deny""]",,\n',
        encoding="utf-8",
    )
    first, second, third = (unit[0] for unit in read_manifests([path], 120))
    assert (first.intents, first.slots, first.tags) == (("add_to_basket",), {"quantity": 2}, {"speaker": "Ann"})
    assert (second.text, second.spoken) == ("", False)
    assert (third.text, third.intents) == (None, ("affirm", "deny"))


def test_a_bad_cell_of_a_csv_is_told_with_its_line(folder: Folder) -> None:
    folder.tone("a.wav")
    told = mistakes(folder, "file,slots\na.wav,{size}\na.wav,,more\n", "bad.csv")
    assert told[0].startswith("bad.csv, line 2: the cell slots is not JSON")
    assert told[1] == "bad.csv, line 3: has more cells than the first line names columns."


def test_a_folder_of_sound_without_labels_is_taken_as_it_is(folder: Folder) -> None:
    for name in ("b.wav", "a.wav"):
        folder.tone(name)
    units = read_manifests([folder.path], 120)
    assert [(unit[0].text, unit[0].kind, Path(unit[0].id).name) for unit in units] == [
        (None, "unknown", "a.wav"),
        (None, "unknown", "b.wav"),
    ]


def test_the_projects_own_manifest_can_be_read() -> None:
    units = read_manifests([Path(__file__).parents[2] / "audio_fixtures" / "manifest.jsonl"], 120)
    assert len(units) == 89
    assert json.dumps([unit[0].kind for unit in units]).count("synthetic") == 89
