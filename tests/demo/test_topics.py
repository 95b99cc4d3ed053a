"""The models of topics: what everybody expects of a sentence, and no test set holds."""

from __future__ import annotations

import hashlib
import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

import modelgate
from modelgate.cli import main
from modelgate.errors import MistakesError

CLASSES = "model: {classes: [animals, fashion, food, sass, travel]}\n"
CAT = "the cat walked jauntily down the street, flaunting its shiny coat"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("topics") / "demo"
    with as_file(files("modelgate.demo") / "files") as shipped:
        shutil.copytree(shipped, folder)
    return folder


def suite_of(folder: Path, name: str, cases: str) -> Path:
    (folder / f"{name}.jsonl").write_text(cases)
    path = folder / f"{name}.yaml"
    path.write_text(f"{CLASSES}checks:\n  - must_get_right: all\n    examples: {name}.jsonl\n")
    return path


def digest_of(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def judged(demo: Path, model: str, suite: Path | str) -> modelgate.Report:
    return modelgate.evaluate(demo / "topics" / f"{model}.onnx", suite=suite)


def test_a_better_model_is_blocked_by_the_sentence_that_it_misreads(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(demo)
    exit_code = main(
        ["check", "topics/street.onnx", "--suite", "suites/topics.yaml", "--report", "json"]
    )
    report = json.loads(capsys.readouterr().out)
    assert exit_code == 1
    accuracy = next(one for one in report["results"] if one["versus"])
    assert accuracy["value"] > accuracy["champion"] + 0.03
    (failed,) = (one for one in report["results"] if one["status"] == "failed")
    assert failed["check"] == "must_get_right"
    (entry,) = failed["evidence"]
    assert entry["input"] == CAT
    assert entry["answer"] == "fashion"
    assert entry["expected"] == ["animals", "sass"]
    assert entry["where"] == "suites/everybody.yaml:3:3"
    main(["check", "topics/street.onnx", "--suite", "suites/topics.yaml"])
    page = capsys.readouterr().out
    assert f"  '{CAT}'\n    is answered fashion, not animals or sass (suites/every" in page


@pytest.mark.parametrize("model", ["champion", "mended"])
def test_models_that_read_it_rightly_are_promoted(demo: Path, model: str) -> None:
    report = judged(demo, model, demo / "suites" / "topics.yaml")
    assert report.verdict.decision == "promote"


def test_cases_need_no_data(demo: Path) -> None:
    lines = json.dumps({"input": CAT, "expect": ["animals", "sass"]})
    suite = suite_of(demo, "alone", lines)
    assert judged(demo, "mended", suite).verdict.decision == "promote"
    report = judged(demo, "street", suite)
    assert report.verdict.decision == "block"
    assert report.results[0].value == 1.0


def test_an_answer_that_the_model_cannot_give_is_a_mistake_of_the_file(demo: Path) -> None:
    lines = [{"input": CAT, "expect": "animals"}, {"input": CAT, "expect": "anmials"}]
    suite = suite_of(demo, "misspelt", "\n".join(map(json.dumps, lines)))
    with pytest.raises(MistakesError) as caught:
        judged(demo, "mended", suite)
    (mistake,) = caught.value.mistakes
    assert mistake.code == "MG2145"
    assert str(mistake.where) == f"{demo / 'misspelt.jsonl'}:2"


def test_what_the_verdict_hangs_on_is_named_by_its_digest(demo: Path) -> None:
    named = judged(demo, "mended", demo / "suites" / "topics.yaml").subject["suite"]
    source = Path(str(files("modelgate.perturb") / "punctuation.py"))
    cases = demo / "suites" / "everybody.yaml"
    assert named["perturbations"] == {"punctuation": digest_of(source)}
    assert named["files"] == {str(cases): digest_of(cases)}
    assert set(named["checks"]) >= {"must_get_right", "invariance"}
