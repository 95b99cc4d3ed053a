"""Models that misread their rows are really asked; each kind has a suite that catches it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from rich.console import Console

from modelgate.replay import Replies
from modelgate.selftest import Kind, SelfTest, selftest
from modelgate.selftest.exchanging import exchanged, neighbours, telling
from modelgate.selftest.forgetting import UNKNOWN, forgetting, lost, vocabulary, written_columns
from modelgate.selftest.page import show

ROWS = 1200
CUES = ["prize", "winner", "urgent", "cash", "claim", "lottery", "bonus", "reward", "voucher"]
PLAIN = [
    *("lunch", "meeting", "tomorrow", "please", "thanks", "home", "train", "coffee", "report"),
    *("family", "garden", "later", "office", "school", "weekend", "dinner", "music", "window"),
]
Models = Callable[[pd.DataFrame], Any]
Write = Callable[[str], str]
NOTHING = "  - finite_outputs: all\n"
MEASURED = "  - metric: accuracy\n    severity: blocker\n    margin: 1%\n"


def chances(rows: pd.DataFrame) -> Any:
    """`income` makes "yes" likelier, `debts` less likely; `height` is not read."""
    return 1 / (1 + np.exp(-4 * (rows["income"] - rows["debts"]).to_numpy()))


def cued(rows: pd.DataFrame) -> Any:
    """How sure it is of spam: by the words that it knows."""
    texts = rows["message"].str.casefold().str.split()
    hits = np.array([sum(word in CUES for word in words) for words in texts])
    return np.where(hits > 0, 0.9, 0.1)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(
        {
            "income": rng.normal(0, 1, ROWS),
            "debts": rng.normal(0, 1, ROWS),
            "height": rng.normal(0, 1, ROWS),
        }
    )
    return rows.assign(pays=np.where(rng.random(ROWS) < chances(rows), "yes", "no"))


@pytest.fixture(scope="module")
def messages() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    spam = rng.random(ROWS) < 0.4
    texts = [
        " ".join([*rng.choice(PLAIN, 6), *(rng.choice(CUES, 1) if one else ())]) for one in spam
    ]
    return pd.DataFrame({"message": texts, "label": np.where(spam, "yes", "no")})


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(checks: str) -> str:
        path = tmp_path / "suite.yaml"
        path.write_text(f"model: {{classes: ['no', 'yes'], positive: 'yes'}}\nchecks:\n{checks}")
        return str(path)

    return written


def kind(found: SelfTest, name: str) -> Kind:
    return next(one for one in found.kinds if one.name == name)


def copy(found: SelfTest) -> tuple[int, int, int]:
    one = next(one for one in found.controls if one.fault.name == "copy")
    return one.promoted, one.held, one.blocked


def page(found: SelfTest) -> str:
    paper = StringIO()
    show(found, Console(file=paper, width=100, color_system=None))
    return " ".join(paper.getvalue().split())


def test_a_suite_that_measures_catches_swapped_columns_and_one_that_does_not_misses_them(
    people: pd.DataFrame, write: Write
) -> None:
    caught, missed = (
        selftest(chances, data=people, target="pays", suite=write(checks), draws=1)
        for checks in (MEASURED, NOTHING)
    )
    assert {one.fault.name for one in kind(caught, "columns").tried} == {
        "columns[income, debts]",
        "columns[debts, height]",
    }
    assert kind(caught, "columns").caught
    assert not kind(missed, "columns").caught
    assert [one.promoted for one in kind(missed, "columns").tried] == [1, 1]
    advice = next(one for one in missed.advice if one.group == "columns")
    assert (advice.caught, advice.models, advice.promotes) == (2, 2, True)
    says = "take the column 'income' for 'debts', and the other way round"
    assert says in {one.fault.says for one in kind(missed, "columns").tried}
    said = page(missed)
    assert "take one column for another: one of 2 pairs 2 of 2" in said
    assert "Against columns that are taken for one another, one step more: - metric" in said


def test_a_step_that_asks_about_changed_rows_catches_swapped_columns_by_itself(
    people: pd.DataFrame, write: Write
) -> None:
    step = "  - direction: increase\n    column: income\n    amount: 1\n    expect: not_lower\n"
    found = selftest(chances, data=people, target="pays", suite=write(NOTHING + step), draws=1)
    assert copy(found) == (1, 0, 0)
    ends = {one.fault.name: one for one in kind(found, "columns").tried}
    assert ends["columns[income, debts]"].blocked == 1
    (because,) = ends["columns[income, debts]"].because
    assert because.startswith("direction[increase")
    assert ends["columns[debts, height]"].blocked == 0  # more income still makes "yes" likelier
    assert kind(found, "drop-5").tried[0].promoted == 1  # nobody knows what such a model says
    assert (found.apart, found.unasked) == (("direction",), ())
    assert "direction: asked of the model itself and of those that misread" in page(found)


def test_a_suite_that_measures_catches_a_stale_vocabulary_and_one_that_does_not_misses_it(
    messages: pd.DataFrame, write: Write
) -> None:
    caught, missed = (
        selftest(cued, data=messages, target="label", suite=write(checks), draws=1)
        for checks in (MEASURED, NOTHING)
    )
    assert [one.fault.name for one in kind(caught, "words").tried] == [
        "words[1]",
        "words[2]",
        "words[3]",
    ]
    assert kind(caught, "words").caught
    assert not kind(missed, "words").caught
    says = kind(missed, "words").tried[0].fault.says
    assert says.startswith("no longer know half of the words, '")
    assert says.endswith("' among them")
    assert "no longer know half of the words (a stale vocabulary) 3 of 3" in page(missed)


def test_hand_written_cases_catch_a_stale_vocabulary_by_themselves(
    messages: pd.DataFrame, write: Write, tmp_path: Path
) -> None:
    cases = "".join(f"- input: {word} inside\n  expect: 'yes'\n" for word in CUES)
    (tmp_path / "cases.yaml").write_text(cases)
    step = "  - must_get_right: what everybody would say\n    examples: cases.yaml\n"
    asked = write(NOTHING + step)
    found = selftest(cued, data=messages, target="label", suite=asked, draws=1)
    assert copy(found) == (1, 0, 0)
    assert [one.blocked for one in kind(found, "words").tried] == [1, 1, 1]


@pytest.mark.parametrize(
    ("step", "end"),
    [
        pytest.param("  - invariance: typos\n    severity: blocker\n", (0, 0, 1), id="it-fails"),
        pytest.param("  - invariance: case\n    severity: blocker\n", (0, 1, 0), id="not-asked"),
    ],
)
def test_a_suite_whose_changed_rows_stop_the_model_itself_is_unsound(
    step: str, end: tuple[int, int, int], messages: pd.DataFrame, write: Write
) -> None:
    def careful(rows: pd.DataFrame) -> Any:
        known = {*CUES, *PLAIN}
        spelt = rows["message"].str.split().map(known.issuperset)
        return np.where(spelt, cued(rows), 0.9)

    asked = write(MEASURED + step)
    found = selftest(careful, data=messages, target="label", suite=asked, draws=1)
    assert copy(found) == end
    assert found.unchanged["decision"] in {"block", "hold"}
    assert "copy" in {one.fault.name for one in found.misbehaved}
    assert found.exit_code == 11


def test_errors_of_numbers_count_too(people: pd.DataFrame, tmp_path: Path) -> None:
    rows = people.assign(price=5 + people["income"] - 2 * people["debts"] + people["height"] / 20)
    rows = rows.drop(columns="pays")
    asked = tmp_path / "numbers.yaml"
    asked.write_text("checks:\n  - metric: rmse\n    margin: 4%\n")

    def model(some: pd.DataFrame) -> Any:
        return (5 + some["income"] - 2 * some["debts"]).to_numpy()

    found = selftest(model, data=rows, target="price", suite=asked, draws=1)
    swapped = kind(found, "columns")
    assert swapped.caught
    assert all(one.fault.metric == "rmse" and one.fault.size for one in swapped.tried)


def test_every_row_that_is_asked_besides_is_counted(people: pd.DataFrame, write: Write) -> None:
    asked: list[int] = []

    def model(rows: pd.DataFrame) -> Any:
        asked.append(len(rows))
        return chances(rows)

    step = "  - invariance: noise\n    at_most: 50%\n"
    checks = NOTHING + step
    found = selftest(model, data=people, target="pays", suite=write(checks), draws=1)
    besides = sum(asked) - ROWS - 2 * 64  # once each, the first rows to look, and once more
    assert found.asked == besides
    models = 1 + 2  # itself, and two pairs of columns
    assert found.asked >= 2 * 256 + 2 * ROWS + ROWS
    assert found.asked <= 2 * 256 + 2 * ROWS + models * (ROWS + 64)


def untried(found: SelfTest) -> str:
    return "\n".join(f"{one.says}: {one.why}" for one in found.untried)


def test_what_cannot_be_misread_is_told(people: pd.DataFrame, write: Write) -> None:
    def one_column(rows: pd.DataFrame) -> Any:
        return chances(rows.assign(debts=0.0))

    only = people[["income", "pays"]]
    found = selftest(one_column, data=only, target="pays", suite=write(NOTHING), draws=1)
    assert "no two of its columns hold the same kind of values" in untried(found)
    assert "columns" not in {one.name for one in found.kinds}


def test_predictions_made_beforehand_cannot_be_asked(people: pd.DataFrame, write: Write) -> None:
    rows = people.assign(score=chances(people))
    found = selftest("columns:score", data=rows, target="pays", suite=write(NOTHING), draws=1)
    assert "the answers were given beforehand" in untried(found)
    assert found.asked == 0


def test_rows_of_arrays_are_not_kept_and_cannot_be_misread(write: Write) -> None:
    rng = np.random.default_rng(5)
    pictures = rng.integers(0, 255, (400, 4, 4), dtype=np.uint8)
    bright = pictures.reshape(400, -1).mean(axis=1) > 127

    def model(rows: pd.DataFrame) -> Any:
        return [0.9 if np.mean([*map(np.mean, one)]) > 127 else 0.1 for one in rows["picture"]]

    data = {"picture": pictures, "label": np.where(bright, "yes", "no")}
    step = "  - invariance: brightness\n    strength: 1\n    at_most: 50%\n"
    found = selftest(model, data=data, target="label", suite=write(MEASURED + step), draws=1)
    assert copy(found) == (1, 0, 0)
    assert "its rows hold arrays, which are not kept" in untried(found)
    assert (found.apart, found.unasked, found.asked) == ((), ("invariance",), 0)


def test_a_model_that_refuses_such_rows_cannot_go_unseen(
    people: pd.DataFrame, write: Write
) -> None:
    def careful(rows: pd.DataFrame) -> Any:
        if (rows["height"] < 100).any():
            raise ValueError("a height is in centimetres")
        return chances(rows)

    rows = people.assign(height=170.0)
    found = selftest(careful, data=rows, target="pays", suite=write(NOTHING), draws=1)
    assert "some such models would fail, with MG4020" in untried(found)
    assert [one.fault.name for one in kind(found, "columns").tried] == ["columns[income, debts]"]


def test_neighbours_hold_values_of_one_kind() -> None:
    schema = pa.schema(
        [
            ("age", pa.int64()),
            ("country", pa.string()),
            ("income", pa.float64()),
            ("member", pa.bool_()),
            ("city", pa.dictionary(pa.int32(), pa.string())),
            ("debts", pa.float32()),
        ]
    )
    assert neighbours(schema) == [("age", "income"), ("income", "debts"), ("country", "city")]


def test_only_pairs_that_are_told_apart_are_worth_a_pass() -> None:
    rows = pa.RecordBatch.from_pydict({"a": [1.0, 2.0], "b": [3.0, 5.0], "c": [0.0, 0.0]})

    def first_two(batch: pa.RecordBatch) -> Replies:
        a, b = (batch.column(name).to_numpy() for name in "ab")
        return Replies(np.minimum(a, b))

    pairs = [("a", "b"), ("b", "c")]
    found = telling(pairs, rows, first_two(rows), first_two, np.random.default_rng(0))
    assert list(found) == [(("b", "c"), None)]
    assert exchanged(rows, ("a", "b")).to_pydict() == {
        "a": [3.0, 5.0],
        "b": [1.0, 2.0],
        "c": [0.0, 0.0],
    }


def test_words_are_forgotten_in_sentences_alone() -> None:
    rows = pa.RecordBatch.from_pydict(
        {
            "city": ["New York", None, "Rome"],
            "says": ["Pay the DEBT now", None, "the debt of 7 cities"],
        }
    )
    assert written_columns(rows) == ["says"]
    words = vocabulary(rows.column("says").to_pylist())
    assert words[:2] == ["debt", "the"]
    after = forgetting(rows, ["says"], ["debt"]).to_pydict()
    gone = UNKNOWN * 4
    assert after["says"] == [f"Pay the {gone} now", None, f"the {gone} of 7 cities"]
    assert after["city"] == ["New York", None, "Rome"]
    some = lost([str(number) for number in range(1000)], 0.5, np.random.default_rng(0))
    assert 450 < len(some) < 550
