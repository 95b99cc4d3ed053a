"""docs/artifact.md shows what happens: its model is trained, exported, quantised and judged."""

from __future__ import annotations

from pathlib import Path

from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "artifact.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    from sklearn.datasets import load_breast_cancer

    tumours = load_breast_cancer(as_frame=True)
    rows = tumours.data.assign(diagnosis=tumours.target_names[tumours.target])
    rows[::2].to_csv(tmp_path / "train.csv", index=False)
    rows[1::2].to_csv(tmp_path / "test.csv", index=False)
    assert run_page(PAGE, tmp_path) == 4
