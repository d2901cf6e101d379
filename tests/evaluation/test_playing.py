"""Rows played on a real shop, with ears that read: what counts as right, and which stage is to blame."""

from __future__ import annotations

import numpy as np
import soundfile

from tests.evaluation.recordings import Folder

LATTE = {"product": "latte", "quantity": 2, "options": {"size": "large"}}


def test_a_request_that_fills_the_basket_as_its_row_says_is_a_success(folder: Folder) -> None:
    folder.says("two large lattes please", intent="add_to_basket", lines=[LATTE], expects={"basket": [LATTE]})
    (step,) = folder.steps()
    assert (step.whole, step.task, step.blame, step.found) == (True, True, None, 1)
    assert step.timings_ms["response"] > 300


def test_a_word_misheard_is_blamed_on_recognition_where_the_words_said_would_do(
    folder: Folder,
) -> None:
    folder.says("two large lattes please", "two small lattes please", intent="add_to_basket", lines=[LATTE])
    (step,) = folder.steps()
    assert step.errors is not None
    assert (step.errors.substitutions, step.whole, step.blame) == (1, False, "recognition")


def test_words_heard_rightly_and_not_understood_are_the_understandings_fault(folder: Folder) -> None:
    folder.says("two large lattes please", intent="order_status")
    (step,) = folder.steps()
    assert (step.intent, step.intent_right, step.blame) == ("add_to_basket", False, "understanding")


def test_what_was_understood_and_not_done_is_the_dialogues_fault(folder: Folder) -> None:
    folder.says("two large lattes please", intent="add_to_basket", lines=[LATTE], expects={"orders": 1})
    (step,) = folder.steps()
    assert (step.whole, step.faults, step.blame) == (True, ("0 orders placed, not 1",), "dialogue")


def test_a_recording_in_which_nobody_is_heard_is_missed_and_several_turns_are_a_split(folder: Folder) -> None:
    folder.says("an espresso please", [], intent="add_to_basket", slots={"product": "espresso"})
    folder.says("an espresso please", ["an", "espresso please"], intent="add_to_basket", slots={"product": "cocoa"})
    folder.says("an espresso please", [], expects={"orders": 0})
    missed, split, unlabelled = folder.steps()
    assert (unlabelled.task, unlabelled.blame) == (True, "detection")
    assert (missed.turns, missed.refused, missed.blame, missed.missed) == (0, "nothing", "detection", ("product",))
    assert (split.turns, split.heard, split.intent, split.blame) == (
        2,
        "an espresso please",
        "add_to_basket",
        "detection",
    )


def test_a_refusal_by_the_recogniser_is_told_apart_from_silence(folder: Folder) -> None:
    folder.says("an espresso please", [""], intent="add_to_basket")
    (step,) = folder.steps()
    assert (step.turns, step.refused, step.blame) == (1, "uncertain", "recognition")


def test_words_where_there_are_none_are_a_false_alarm(folder: Folder) -> None:
    folder.says("", "thank you")
    folder.says("", [])
    alarm, quiet = folder.steps()
    assert (alarm.blame, quiet.blame) == ("detection", None)


def test_a_conversation_runs_in_order_on_a_shop_of_its_own(folder: Folder) -> None:
    latte = {"product": "Latte"}
    for name in ("one", "two"):
        folder.says("a latte please", conversation=name, expects={"basket": [latte]})
        folder.rows.append({"text": "check out please", "conversation": name, "expects": {"orders": 0}})
        folder.says("yes please", conversation=name, intent="affirm", expects={"orders": [[latte]], "basket": []})
    steps = folder.steps()
    assert [step.faults for step in steps] == [()] * 6
    assert [step.kind for step in steps] == ["recorded", "typed", "recorded"] * 2
    assert steps[1].errors is None


def test_a_basket_that_is_not_as_expected_is_told_in_words(folder: Folder) -> None:
    folder.says("a small latte and an espresso", expects={"basket": [LATTE, {"product": "cocoa"}]})
    (step,) = folder.steps()
    assert step.faults == ("basket: 1 Latte, not 2", "basket: no cocoa", "basket: 1 Espresso besides")


def test_a_yes_to_a_reply_that_was_cut_off_buys_nothing(folder: Folder) -> None:
    folder.says("a latte please", conversation="one")
    folder.says("check out", conversation="one")
    folder.says("yes", conversation="one", heard_reply=False, expects={"orders": 0})
    assert folder.steps()[-1].task is True


def test_a_bug_ends_its_conversation_and_is_told_and_the_next_row_begins_anew(folder: Folder) -> None:
    folder.says("a latte please", conversation="one")
    folder.says("yes", "crash", conversation="one", intent="affirm", expects={"orders": 0})
    folder.says("no", conversation="one", intent="deny")
    folder.says("a cocoa please", expects={"basket": [{"product": "cocoa"}]})
    first, crashed, after, next_one = folder.steps()
    assert (first.blame, next_one.task) == (None, True)
    assert (crashed.blame, crashed.error, crashed.task) == ("crash", "ZeroDivisionError: a bug", False)
    assert (after.blame, after.error, after.intent_right) == ("crash", "not played", False)


def test_a_sound_that_turns_out_damaged_is_told_and_the_others_are_played(folder: Folder) -> None:
    folder.says("a latte please", intent="add_to_basket")
    folder.says("a cocoa please", intent="add_to_basket")
    soundfile.write(folder.path / "000.wav", np.array([0.1, np.nan] * 4000), 16_000, subtype="FLOAT")
    damaged, whole = folder.steps()
    assert (damaged.blame, damaged.whole) == ("file", False)
    assert "not numbers" in damaged.error
    assert whole.whole is True


def test_rows_without_labels_give_transcripts_and_understandings_and_are_never_wrong(folder: Folder) -> None:
    folder.says("a latte please")
    folder.rows[0].pop("text")
    (step,) = folder.steps()
    assert (step.heard, step.intent, step.whole, step.errors, step.blame) == (
        "a latte please",
        "add_to_basket",
        None,
        None,
        None,
    )


def test_where_nobody_wrote_the_words_down_a_labelled_word_that_is_missing_was_misheard(folder: Folder) -> None:
    folder.says("two large umbrellas please", intent="add_to_basket", lines=[LATTE])
    folder.says("two large lattes please", intent="reorder", lines=[LATTE])
    for row in folder.rows:
        row.pop("text")
    assert [step.blame for step in folder.steps()] == ["recognition", "understanding"]


def test_off_the_subject_is_right_when_the_dialogue_does_not_act_on_it(folder: Folder) -> None:
    folder.says("turn off all the lights in the office", intent="out_of_scope")
    folder.says("a latte please", intent="out_of_scope")
    refused, taken = folder.steps()
    assert (refused.whole, taken.whole, taken.blame) == (True, False, "understanding")
