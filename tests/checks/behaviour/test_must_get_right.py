"""Cases written by hand, of texts, rows and images: right, wrong, and what cannot be asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from onnx import TensorProto, helper
from PIL import Image

from modelgate.cli import main
from modelgate.counterexamples import told
from modelgate.errors import MistakesError
from modelgate.report import Result
from modelgate.testing import run_check
from tests.prepare.conftest import save
from tests.properties.conftest import Columns, Function

TEXTS = pa.RecordBatch.from_pydict({"text": pa.array(["good"], pa.large_string())})
ROWS = pa.RecordBatch.from_pydict({"age": pa.array([30]), "town": pa.array(["bonn"])})


def asked(
    folder: Path,
    answer: Callable[[Columns], Any],
    *cases: dict[str, Any],
    rows: pa.RecordBatch = TEXTS,
    values: bool = False,
    at_most: float | None = None,
) -> Result:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, cases)))
    model = Function(answer, rows, values=values)
    found = run_check(
        "must_get_right", model=model, at_most=at_most, settings={"examples": str(path)}
    )
    assert model.sizes == [sum(1 + len(_others(case)) for case in cases)]
    return found


def _others(case: dict[str, Any]) -> list[Any]:
    told = [case[key] for key in ("same", "not_lower", "not_higher") if key in case]
    return [one for each in told for one in (each if isinstance(each, list) else [each])]


def merry(texts: Columns) -> Any:
    """The score of "yes" is a half, and a tenth more a "good", a tenth less a "bad"."""
    return [0.501 + (text.count("good") - text.count("bad")) / 10 for text in texts["text"]]


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        pytest.param({"input": "good", "expect": "yes"}, False, id="right"),
        pytest.param({"input": "bad", "expect": "yes"}, True, id="wrong"),
        pytest.param({"input": "bad", "expect": ["yes", "no"]}, False, id="one-of-two"),
        pytest.param({"input": "good", "same": ["good good", "fair"]}, False, id="alike"),
        pytest.param({"input": "good", "same": ["fair", "bad"]}, True, id="one-not-alike"),
        pytest.param({"input": "good", "not_lower": "good good"}, False, id="rises"),
        pytest.param({"input": "good", "not_lower": "bad"}, True, id="falls"),
        pytest.param({"input": "good", "not_lower": "fair", "tolerance": 0.1}, False, id="little"),
        pytest.param({"input": "good", "not_higher": ["bad", "good good"]}, True, id="one-rises"),
        pytest.param({"input": "good", "not_higher": "bad", "of": "no"}, True, id="other-class"),
    ],
)  # fmt: skip
def test_a_case_of_texts(tmp_path: Path, case: dict[str, Any], *, wrong: bool) -> None:
    found = asked(tmp_path, merry, case)
    assert (found.value, found.status) == ((1.0, "failed") if wrong else (0.0, "passed"))
    assert len(found.evidence) == int(wrong)


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        pytest.param({"expect": 60}, False, id="right"),
        pytest.param({"expect": 61, "tolerance": 1}, False, id="within"),
        pytest.param({"expect": 62, "tolerance": 1}, True, id="beyond"),
        pytest.param({"between": [50, 60]}, False, id="in-the-range"),
        pytest.param({"not_lower": {"age": 31, "town": None}}, False, id="rises"),
        pytest.param({"not_higher": {"age": 31, "town": None}}, True, id="may-not-rise"),
    ],
)
def test_a_case_of_rows(tmp_path: Path, case: dict[str, Any], *, wrong: bool) -> None:
    given = {"input": {"age": 30, "town": "köln"}, **case}
    found = asked(tmp_path, lambda columns: 2 * columns["age"], given, rows=ROWS, values=True)
    assert found.status == ("failed" if wrong else "passed")


@pytest.mark.parametrize("nothing", [np.nan, np.inf])
@pytest.mark.parametrize(
    "case", [{"expect": ["yes", "no"]}, {"same": "fair"}, {"not_lower": "fair", "tolerance": 1}]
)
def test_an_answer_that_is_no_number_is_wrong(
    tmp_path: Path, case: dict[str, Any], nothing: float
) -> None:
    found = asked(
        tmp_path, lambda _: [nothing] * (1 + len(_others(case))), {"input": "good", **case}
    )
    assert (found.value, found.status) == (1.0, "failed")


def test_a_critical_case_has_no_tolerance(tmp_path: Path) -> None:
    right = [{"input": "good", "expect": "yes"}] * 99
    found = asked(tmp_path, merry, *right, {"input": "bad", "expect": "yes"}, at_most=0.05)
    assert (found.value, found.status, found.n) == (0.01, "passed", 100)
    critical = {"input": "bad", "expect": "yes", "critical": True}
    found = asked(tmp_path, merry, *right, critical, at_most=0.05)
    assert (found.value, found.status) == (1.0, "failed")
    assert found.details["share"] == 0.01
    assert found.evidence[0]["where"].endswith("cases.jsonl:100")


def test_scores_that_have_no_room_are_set_aside_and_all_of_them_shut_the_gate(
    tmp_path: Path,
) -> None:
    tests = {"type": "DIR", "name": "more", "direction": "up", "tolerance": 0.8, "of": {}}
    found = asked_alone(tmp_path, {**tests, "data": [["good", "very good"]]})
    assert (found.value, found.status) == (None, "undecided")
    assert found.details["set_aside"] == 1


def asked_alone(folder: Path, test: dict[str, Any]) -> Result:
    path = folder / "cases.jsonl"
    path.write_text(json.dumps(test))
    model = Function(merry, TEXTS, values=False)
    return run_check("must_get_right", model=model, settings={"examples": str(path)})


def test_a_direction_shows_the_scores_and_whose_they_are(tmp_path: Path) -> None:
    (entry,) = asked(tmp_path, merry, {"input": "good", "not_lower": "bad"}).evidence
    assert (entry["score_of"], entry["was"], entry["answer"]) == ("yes", 0.601, 0.401)
    assert told(entry) == ("'good' has the score 0.601 of yes", "but 'bad' 0.401")
    test = {"type": "DIR", "name": "more", "direction": "up", "of": {"yes": 1, "no": -2}}
    (entry,) = asked_alone(tmp_path, {**test, "data": [["good", "bad"]]}).evidence
    assert entry["score_of"] == "yes - 2 no"


@pytest.mark.parametrize(
    ("case", "code", "says"),
    [
        ({"input": "good", "expect": "maybe"}, "MG2145", "'maybe' is expected, and the model"),
        ({"input": "good", "expect": 3}, "MG2145", "3 is expected"),
        ({"input": "good", "not_lower": "bad", "of": "maybe"}, "MG2145", "'maybe' is expected"),
        ({"input": {"age": 3}, "expect": "yes"}, "MG2143", "the input lacks 'text'"),
        ({"input": {"text": "good", "Critcal": True}, "expect": "yes"}, "MG2143", "no such word"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_be_asked_is_told_at_its_line(
    tmp_path: Path, case: dict[str, Any], code: str, says: str
) -> None:
    with pytest.raises(MistakesError) as caught:
        asked(tmp_path, merry, {"input": "good", "expect": "yes"}, case)
    (found,) = caught.value.mistakes
    assert (found.code, str(found.where)) == (code, f"{tmp_path / 'cases.jsonl'}:2")
    assert says in found.message
    assert caught.value.exit_code == 2


def test_a_value_of_another_type_is_told_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(MistakesError) as caught:
        asked(
            tmp_path,
            lambda columns: columns["age"],
            {"input": {"age": "old", "town": "bonn"}, "expect": 1},
            rows=ROWS,
            values=True,
        )
    (found,) = caught.value.mistakes
    assert (found.code, str(found.where)) == ("MG2144", f"{tmp_path / 'cases.jsonl'}:1")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A model that tells which half of a picture is brighter, and two pictures in a folder."""
    weights = np.zeros((64, 2), np.float32)
    weights[32:, 0] = weights[:32, 1] = 1 / 32
    nodes = [
        helper.make_node("Flatten", ["image"], ["pixels"]),
        helper.make_node("MatMul", ["pixels", "w"], ["halves"]),
        helper.make_node("Softmax", ["halves"], ["probabilities"]),
    ]
    save(
        tmp_path / "halves.onnx",
        nodes,
        {"image": (TensorProto.FLOAT, ["n", 1, 8, 8])},
        {"probabilities": (TensorProto.FLOAT, ["n", 2])},
        {"w": weights},
    )
    (tmp_path / "cases" / "images").mkdir(parents=True)
    for half, rows in (("top", slice(0, 4)), ("bottom", slice(4, 8))):
        pixels = np.zeros((8, 8), np.uint8)
        pixels[rows] = 200
        Image.fromarray(pixels).save(tmp_path / "cases" / "images" / f"{half}.png")
    (tmp_path / "suite.yaml").write_text(
        "model: {classes: [bottom, top], prepare: {image: {scale: 1/255}}}\n"
        "checks: [{must_get_right: halves, examples: cases/halves.csv}]\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        pytest.param("top.png,top\nimages/bottom.png,bottom", 0, "PROMOTE", id="right"),
        pytest.param("top.png,top\nimages/bottom.png,top", 1, "bottom, not top", id="wrong"),
        pytest.param("top.png,top\nimages/left.png,top", 2, "csv:3: MG2154", id="missing"),
        pytest.param("top.png,top\n../suite.yaml,top", 5, "MG5071", id="outside"),
        pytest.param("top.png,top\nhalves.csv,top", 3, "MG3540", id="no-image"),
        pytest.param("top.png,top\nimages/bottom.png,left", 2, "csv:3: MG2145", id="no-class"),
    ],
)  # fmt: skip
def test_images_beside_the_file_of_cases(
    lines: str, code: int, says: str, pictures: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (pictures / "cases" / "halves.csv").write_text(f"image,expect\nimages/{lines}\n")
    words = ["check", str(pictures / "halves.onnx"), "--suite", str(pictures / "suite.yaml")]
    assert main(words) == code
    shown = capfd.readouterr()
    assert says in shown.out + shown.err


def test_everything_wrong_with_the_cases_is_told_at_once_before_any_row(
    pictures: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "images/top.png,top\nimages/left.png,left\nimages/bottom.png,right\n"
    (pictures / "cases" / "halves.csv").write_text(f"image,expect\n{lines}")
    (pictures / "rows.csv").write_text("image,half\n" + "cases/images/top.png,top\n" * 2)
    suite = pictures / "suite.yaml"
    told = suite.read_text()
    for data in ("", "data: {test: {path: rows.csv, target: half}}\n"):
        suite.write_text(data + told)
        assert main(["check", str(pictures / "halves.onnx"), "--suite", str(suite)]) == 2
        places = [line.split("halves.csv:")[1][:9] for line in _mistakes(capfd)]
        assert places == ["3: MG2154", "3: MG2145", "4: MG2145"]


def _mistakes(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capfd.readouterr().err.splitlines() if "halves.csv:" in line]


def test_a_table_of_cases_asks_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("zip,a,expect\n01234,1.50,yes\n1234,2,no\n", encoding="utf-8")
    rows = pa.RecordBatch.from_pydict({"zip": ["01234"], "a": [1.5]})

    def answers(columns: Any) -> Any:
        assert columns["a"].tolist() == [1.5, 2.0]
        return np.where(np.array(columns["zip"]) == "01234", 0.9, 0.1)

    result = run_check(
        "must_get_right",
        model=Function(answers, rows, values=False),
        settings={"examples": str(path)},
    )
    assert (result.reason, result.value) == (None, 0.0)
