"""What a good suite becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelgate.declare import Check
from modelgate.errors import ModelgateError, Where
from modelgate.library import Library, builtin_root
from modelgate.outcome import Severity
from modelgate.suite import Limit, Step, Suite
from modelgate.suite_file import parse_suite

CHURN = """\
title: Churn, before every release
task: classification
seed: 7
model:
  inputs: {features: [age, income], country: country}
  outputs: {scores: probabilities, labels: label}
  scores_are: probabilities
  classes: [stay, leave]
  positive: leave
  threshold: 0.5
data:
  test: {path: data/test.parquet, target: churned, may_drop: 2%}
  reference: data/train.parquet
policy: {on_hold: hold}
checks:
  - metric: accuracy
    at_least: 0.90
  - metric: recall
    by: [country, [country, age]]
    at_least: 70%
  - invariance: typos
    column: review
    words: [a, b]
    at_most: 1e-3
    data: reference
  - probe: all
"""


@pytest.fixture
def churn(checks: Mapping[str, Check]) -> Suite:
    return parse_suite(CHURN.encode(), name="churn", path="suites/churn.yaml", checks=checks)


def only_step(text: str, checks: Mapping[str, Check]) -> Step:
    (step,) = parse_suite(f"checks:\n{text}".encode(), name="s", path="s", checks=checks).steps
    return step


def test_the_head(churn: Suite) -> None:
    assert (churn.name, churn.title, churn.task, churn.seed) == (
        "churn",
        "Churn, before every release",
        "classification",
        7,
    )
    assert churn.digest == f"sha256:{hashlib.sha256(CHURN.encode()).hexdigest()}"


def test_the_model_block(churn: Suite) -> None:
    assert churn.model.inputs == {"features": ("age", "income"), "country": ("country",)}
    assert (churn.model.scores, churn.model.labels) == ("probabilities", "label")
    assert (churn.model.classes, churn.model.positive) == (("stay", "leave"), "leave")
    assert churn.model.threshold == 0.5


def test_the_data_block(churn: Suite) -> None:
    test, reference = churn.data["test"], churn.data["reference"]
    assert (test.path, test.target, test.may_drop) == ("data/test.parquet", "churned", 0.02)
    assert (reference.path, reference.target, reference.may_drop) == (
        "data/train.parquet",
        None,
        0.0,
    )


def test_a_step_is_complete_with_the_checks_defaults(churn: Suite) -> None:
    accuracy, recall, typos, probe = churn.steps
    assert accuracy.settings == {
        "metric": "accuracy",
        "average": None,
        "k": 5,
        "quantile": 0.9,
        "of": None,
    }
    assert accuracy.limit == Limit(at_least=0.9)
    assert (recall.by, recall.limit) == ((("country",), ("country", "age")), Limit(at_least=0.7))
    assert typos.settings == {
        "name": "typos",
        "column": "review",
        "words": ("a", "b"),
        "loud": False,
    }
    assert (typos.subject, typos.data, typos.limit) == ("typos", "reference", Limit(at_most=0.001))
    assert (probe.subject, probe.limit) == ("all", Limit(at_most=0.001))


def test_a_step_knows_its_line_and_its_limits_line(churn: Suite) -> None:
    recall, probe = churn.steps[1], churn.steps[3]
    assert recall.where == Where("suites/churn.yaml", 18, 5)
    assert recall.limit_where == Where("suites/churn.yaml", 20, 5)
    assert probe.limit_where == probe.where


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        pytest.param("  - metric: accuracy\n", Severity.BLOCKER, id="the-checks-own"),
        pytest.param("  - metric: accuracy\n    by: a\n", Severity.MAJOR, id="slices-are-major"),
        pytest.param(
            "  - metric: accuracy\n    by: a\n    severity: blocker\n",
            Severity.BLOCKER,
            id="the-suites-word-wins",
        ),
        pytest.param(
            "  - invariance: a\n    column: b\n    by: c\n",
            Severity.MINOR,
            id="slices-never-weigh-more-than-the-whole",
        ),
        pytest.param("  - probe: all\n", Severity.MAJOR, id="the-checks-own-major"),
    ],
)
def test_slices_are_major_unless_somebody_says_otherwise(
    text: str, severity: Severity, checks: Mapping[str, Check]
) -> None:
    assert only_step(text, checks).severity is severity


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 0.001),
        ("5%", 0.05),
        ("7%", 0.07),
        ("0.1%", 0.001),
        ("'5%'", 0.05),
        ("1", 1.0),
        ("012", 12.0),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("+1.", 1.0),
    ],
)
def test_a_limit_is_a_number_or_a_share(
    written: str, value: float, checks: Mapping[str, Check]
) -> None:
    step = only_step(f"  - metric: accuracy\n    at_least: {written}\n", checks)
    assert step.limit.at_least == value


def test_words_that_yaml_once_took_for_truths_are_words(checks: Mapping[str, Check]) -> None:
    text = "model: {classes: [no, yes, on, off, n]}\nchecks: [metric: accuracy]\n"
    suite = parse_suite(text.encode(), name="s", path="s", checks=checks)
    assert suite.model.classes == ("no", "yes", "on", "off", "n")


def test_true_and_one_are_two_classes(checks: Mapping[str, Check]) -> None:
    text = "model: {classes: [true, 1], positive: 1}\nchecks: [metric: accuracy]\n"
    suite = parse_suite(text.encode(), name="s", path="s", checks=checks)
    assert [type(label) for label in suite.model.classes] == [bool, int]


def test_merge_keys_are_resolved(checks: Mapping[str, Check]) -> None:
    text = (
        "  - &first {metric: accuracy, at_least: 0.5, by: a}\n"
        "  - {<<: *first, metric: recall, at_least: 0.6}\n"
    )
    suite = parse_suite(f"checks:\n{text}".encode(), name="s", path="s", checks=checks)
    assert [(one.subject, one.limit.at_least, one.by) for one in suite.steps] == [
        ("accuracy", 0.5, (("a",),)),
        ("recall", 0.6, (("a",),)),
    ]


def test_the_same_check_may_be_asked_of_two_data_sets(checks: Mapping[str, Check]) -> None:
    text = "data: {ood: a.csv}\nchecks:\n  - metric: accuracy\n  - {metric: accuracy, data: ood}\n"
    suite = parse_suite(text.encode(), name="s", path="s", checks=checks)
    assert [step.data for step in suite.steps] == ["test", "ood"]


READY_MADE = sorted(path.stem for path in (builtin_root() / "suites").glob("*.yaml"))


@pytest.mark.parametrize("name", READY_MADE)
def test_ready_made_suites_parse(name: str) -> None:
    library = Library(builtin_root())
    path: Path = library.suites[name]
    suite = parse_suite(path.read_bytes(), name=name, path=name, checks=library)
    assert any(step.severity is Severity.BLOCKER and step.limit for step in suite.steps)


def test_the_ready_made_suites_are_there() -> None:
    assert {"smoke", "classification", "regression"} <= set(READY_MADE)


WORDS = st.sampled_from(
    [
        *"\n \t:-[]{},&*!|>'\"%@#?~",
        "\n  - ",
        "checks:",
        "metric: ",
        "accuracy",
        "at_least: ",
        "by: ",
        *[
            "0.5",
            "5%",
            "data: ",
            "model: ",
            "<<: ",
            "&a ",
            "*a",
            "true",
            "null",
            ".nan",
            "\ufeff",
            "é",
        ],
    ]
)


@given(text=st.one_of(st.binary(), st.lists(WORDS, max_size=60).map("".join).map(str.encode)))
def test_any_text_is_a_suite_or_a_mistake(text: bytes, checks: Mapping[str, Check]) -> None:
    try:
        suite = parse_suite(text, name="any", path="any.yaml", checks=checks)
    except ModelgateError as error:
        assert error.exit_code == 2  # noqa: PT017 (either end is right)
    else:
        assert suite.steps


@given(at=st.integers(0, len(CHURN)), length=st.integers(0, 40), new=WORDS)
def test_any_damage_to_a_suite_is_a_suite_or_a_mistake(
    at: int, length: int, new: str, checks: Mapping[str, Check]
) -> None:
    text = CHURN[:at] + new + CHURN[at + length :]
    try:
        suite = parse_suite(text.encode(), name="any", path="any.yaml", checks=checks)
    except ModelgateError as error:
        assert error.exit_code == 2  # noqa: PT017 (either end is right)
    else:
        assert suite.steps
