"""The first labels may stand anywhere: a comparison needs them only where two models differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import modelgate
from modelgate.binding.labelled import first_labels
from modelgate.dataset import BLOCK_ROWS
from modelgate.errors import DataError
from modelgate.sources import open_dataset

ROWS = 2 * BLOCK_ROWS


def frame(labelled: slice, *, fraction: bool = False) -> pd.DataFrame:
    words = pd.Series(([0.5, 1.5] if fraction else ["no", "yes"]) * (ROWS // 2))
    there = pd.Series(range(ROWS)).between(labelled.start, labelled.stop, inclusive="left")
    return pd.DataFrame({"x": range(ROWS), "y": words.where(there, None)})


@pytest.mark.parametrize(
    "labelled",
    [
        pytest.param(slice(0, ROWS), id="every-row"),
        pytest.param(slice(0, 10), id="the-first-few"),
        pytest.param(slice(ROWS - 10, ROWS), id="the-last-few"),
        pytest.param(slice(BLOCK_ROWS - 1, BLOCK_ROWS + 1), id="one-in-each-block"),
    ],
)
@pytest.mark.parametrize("fraction", [False, True], ids=["words", "numbers"])
def test_labels_are_found_wherever_they_stand(labelled: slice, *, fraction: bool) -> None:
    data = open_dataset(frame(labelled, fraction=fraction))
    found = first_labels(data, "y", next(data.blocks()))
    expected = ("fraction", (0.5, 1.5)) if fraction else ("text", ("no", "yes"))
    assert (found.kind, tuple(found.values)) == expected


def test_no_label_at_all_is_an_error() -> None:
    data = open_dataset(frame(slice(0, 0)).assign(y=pd.Series([None] * ROWS, dtype="str")))
    with pytest.raises(DataError, match="MG3130 the target 'y' is missing in every row"):
        first_labels(data, "y", next(data.blocks()))


def test_two_models_are_compared_by_labels_far_down(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(ROWS) < 0.5
    two = np.where(rng.random(ROWS) < 0.02, ~truth, truth)
    one = np.where((rng.random(ROWS) < 0.01) & (np.arange(ROWS) > BLOCK_ROWS), truth, two)
    words = {True: "yes", False: "no"}
    rows = pd.DataFrame({"one": one, "two": two, "y": truth}).replace(words)
    suite = tmp_path / "suite.yaml"
    suite.write_text("checks: [{metric: accuracy, margin: 0.01}]", "utf-8")
    found = []
    for labels in (rows["y"], rows["y"].where(one != two)):
        report = modelgate.evaluate(
            "columns:one",
            data=rows.assign(y=labels),
            target="y",
            champion="columns:two",
            suite=suite,
        )
        versus = report.results[1]
        found.append((report.verdict.decision, versus.status, versus.difference_interval))
    assert rows["y"].where(one != two)[:BLOCK_ROWS].isna().all()
    assert found[0] == found[1]
    assert found[0][0] == "promote"
