"""docs/properties.md shows what happens: two models, a property of one's own, what is kept."""

from __future__ import annotations

from pathlib import Path

from tests.pages import run_page

PAGE = Path(__file__).parents[2] / "docs" / "properties.md"


def test_the_page_runs_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    from sklearn.datasets import load_diabetes

    people = load_diabetes(as_frame=True, scaled=False)
    rows = people.data.assign(progression=people.target)
    rows[::2].to_csv(tmp_path / "train.csv", index=False)
    rows[1::2].to_csv(tmp_path / "test.csv", index=False)
    assert run_page(PAGE, tmp_path) == 3
