"""CheckList suites as JSON lines: a test a line, with the labels of the suite."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modelgate.cases import CaseFile, Cases, Moves
from modelgate.cases.checklist import _published
from modelgate.cases.reading import read_cases
from modelgate.errors import MistakesError

THREE = ("neg", "neu", "pos")


def read(folder: Path, *tests: dict[str, Any], labels: tuple[Any, ...] = THREE) -> Cases:
    path = folder / "suite.jsonl"
    path.write_text("\n".join(map(json.dumps, tests)))
    return read_cases(CaseFile(path, labels))


def mft(**changes: Any) -> dict[str, Any]:
    return {"type": "MFT", "name": "words", "labels": 2, "data": ["good", "fine"], **changes}


def direction(**changes: Any) -> dict[str, Any]:
    pairs = [["good", "very good"], ["bad", "so bad", "too bad"]]
    return {"type": "DIR", "name": "more", "direction": "up", "data": pairs, **changes}


def test_one_label_for_all_cases(tmp_path: Path) -> None:
    found = read(tmp_path, mft(capability="Vocabulary"))
    assert [case.input for case in found.cases] == ["good", "fine"]
    assert {(case.kind, case.expect) for case in found.cases} == {("MFT", ("pos",))}
    assert {(case.test, case.capability) for case in found.cases} == {("words", "Vocabulary")}


def test_a_label_a_case(tmp_path: Path) -> None:
    found = read(tmp_path, mft(labels=[2, 1]))
    assert [case.expect for case in found.cases] == [("pos",), ("neu",)]


def test_several_labels_are_right(tmp_path: Path) -> None:
    told = {key: value for key, value in mft(expect=[1, 2]).items() if key != "labels"}
    assert [case.expect for case in read(tmp_path, told).cases] == [("neu", "pos")] * 2


def test_labels_that_are_the_classes_themselves(tmp_path: Path) -> None:
    assert [case.expect for case in read(tmp_path, mft(labels="pos")).cases] == [("pos",)] * 2
    assert [case.expect for case in read(tmp_path, mft(), labels=()).cases] == [(2,)] * 2


def test_cases_about_a_label_that_the_model_does_not_know_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, mft(labels=[2, 1]), direction(), labels=("neg", None, "pos"))
    assert [case.expect for case in found.cases if case.kind == "MFT"] == [("pos",)]
    assert found.left_out == 1


def test_a_direction_of_an_unknown_label_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, mft(), direction(of={"1": 1}), labels=("neg", None, "pos"))
    assert (len(found), found.left_out) == (2, 2)


def test_a_file_about_unknown_labels_alone_holds_no_case(tmp_path: Path) -> None:
    with pytest.raises(MistakesError, match="MG2142 all of its cases are about labels that"):
        read(tmp_path, mft(labels=1), labels=("neg", None, "pos"))


def test_an_invariance_compares_with_its_first_text(tmp_path: Path) -> None:
    told = {"type": "INV", "name": "typos", "data": [["good", "godo"], ["bad", "bda", "abd"]]}
    found = read(tmp_path, told).cases
    assert [(case.kind, case.inputs) for case in found] == [
        ("INV", ("good", "godo")),
        ("INV", ("bad", "bda", "abd")),
    ]


def test_a_direction_says_what_is_watched(tmp_path: Path) -> None:
    told: dict[str, Any] = direction(
        of={"2": 1, "0": -1}, unless=[1], tolerance=0.1, direction="down"
    )
    case = read(tmp_path, told).cases[1]
    assert case.moves == Moves(up=False, of=(("pos", 1.0), ("neg", -1.0)), unless=("neu",))
    assert (case.inputs, case.tolerance) == (("bad", "so bad", "too bad"), 0.1)


def test_what_the_published_tests_expect_is_known_by_their_names(tmp_path: Path) -> None:
    told: dict[str, Any] = {"type": "DIR", "name": "reducers", "data": [["good", "kinda good"]]}
    (case,) = read(tmp_path, told).cases
    assert case.moves == Moves(up=False, of=(), unless=("neu",))
    assert case.tolerance == 0.1
    told = {"type": "MFT", "name": "Q & A: no", "labels": [0, 1], "data": ["x", "y"]}
    assert [case.expect for case in read(tmp_path, told).cases] == [("neg",), ("neu", "pos")]


def test_what_a_line_says_counts_more_than_its_name(tmp_path: Path) -> None:
    told = direction(name="reducers", tolerance=0.3)
    moves = read(tmp_path, told).cases[0].moves
    assert moves is not None
    assert moves.up


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        (mft(type="XYZ"), "MG2142", "`type` is MFT, INV or DIR, not 'XYZ'"),
        (mft(type=["MFT"]), "MG2142", "`type` is MFT, INV or DIR"),
        (mft(data=[]), "MG2142", "`data` is a list of cases"),
        (mft(data="good"), "MG2142", "`data` is a list of cases"),
        (mft(data=["good", 3]), "MG2142", "a case of an MFT is one input"),
        (mft(data=["good", ["a"]]), "MG2142", "a case of an MFT is one input"),
        (mft(labels=None), "MG2146", "nothing says what is right in the test 'words'"),
        (mft(labels=[2]), "MG2142", "there are 1 labels for 2 cases"),
        (mft(labels=3), "MG2146", "the label 3 has no class: there are 3"),
        (mft(labels=-1), "MG2146", "the label -1 has no class"),
        (mft(labels={"a": 1}), "MG2142", "is no label"),
        (mft(labels=None, expect=7), "MG2142", "`expect` is a list of labels"),
        (mft(tolerance="wide"), "MG2142", "`tolerance` is a number, 0 or more"),
        (direction(type="INV", data=[["good"]]), "MG2142", "a case of INV or DIR is a list"),
        (direction(type="INV", data=["good"]), "MG2142", "a case of INV or DIR is a list"),
        (direction(direction=None), "MG2146", "nothing says which way the score goes in the test"),
        (direction(direction="sideways"), "MG2146", "nothing says which way the score goes"),
        (direction(of={"2": "much"}), "MG2142", "`of` is {LABEL: WEIGHT}"),
        (direction(of=[2]), "MG2142", "`of` is {LABEL: WEIGHT}"),
        (direction(of={"9": 1}), "MG2146", "the label 9 has no class"),
        (direction(unless=1), "MG2142", "`unless` is a list of labels"),
    ],
)
def test_a_line_that_is_no_test(tmp_path: Path, told: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(MistakesError) as caught:
        read(tmp_path, mft(), told)
    (found,) = caught.value.mistakes
    assert (found.code, str(found.where)) == (code, f"{tmp_path / 'suite.jsonl'}:2")
    assert says in found.message


@pytest.fixture(scope="module")
def sentiment(shared_data: Path) -> Path:
    return shared_data / "behavioural" / "checklist_sentiment.jsonl.gz"


@pytest.mark.shared
def test_the_published_suite_for_sentiment_is_read_whole(sentiment: Path) -> None:
    found = read_cases(CaseFile(sentiment, THREE))
    assert len(found) == 6712
    assert Counter(case.kind for case in found.cases) == {"MFT": 3396, "INV": 2383, "DIR": 933}
    assert len({case.test for case in found.cases}) == 38
    assert set(_published()) <= {case.test for case in found.cases}


@pytest.mark.shared
def test_two_classes_leave_out_what_is_neutral(sentiment: Path) -> None:
    found = read_cases(CaseFile(sentiment, ("neg", None, "pos")))
    assert len(found) + found.left_out == 6712
    assert {label for case in found.cases for label in case.labels} == {"neg", "pos"}
