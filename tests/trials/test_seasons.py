"""A model that is moved to another season: through the command line, with a real model."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestRegressor

FEATURES = ["hour", "dewp", "humid", "pressure", "wind_speed"]
MOVED = """
data:
  test: {path: summer.csv, target: temp}
  reference: {path: winter.csv, target: temp}
checks:
  - finite_outputs: all
    severity: blocker
  - drift: features
    severity: major
"""


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    found = subprocess.run(
        [sys.executable, "-m", "modelgate", "check", "model.onnx", *arguments, "--report", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.stderr == ""
    return found.returncode, json.loads(found.stdout)


@pytest.fixture(scope="module")
def weather(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("seasons")
    table = pd.read_csv(shared_data / "drift" / "nyc_weather_jfk.csv").dropna(subset=["temp"])
    winter = table[table["month"].isin([1, 2, 12])].sample(frac=1, random_state=0)
    summer = table[table["month"].isin([6, 7, 8])]
    for name, rows in {
        "winter.csv": winter.iloc[::2],
        "later.csv": winter.iloc[1::2],
        "summer.csv": summer,
    }.items():
        rows[[*FEATURES, "temp"]].fillna(winter[FEATURES].median()).to_csv(
            there / name, index=False
        )
    learnt = pd.read_csv(there / "winter.csv")
    inputs = learnt[FEATURES].to_numpy(np.float32)
    model = RandomForestRegressor(20, max_depth=6, random_state=0).fit(inputs, learnt["temp"])
    (there / "model.onnx").write_bytes(to_onnx(model, inputs[:1]).SerializeToString())
    (there / "moved.yaml").write_text(MOVED, encoding="utf-8")
    return there


@pytest.mark.shared
def test_a_model_moved_to_summer_is_blocked_with_the_column_and_what_changed(
    weather: Path,
) -> None:
    code, report = run(weather, "--suite", "moved.yaml")
    assert code == 1
    because = report["verdict"]["because"][0]  # type: ignore[index]
    assert "shifted by more than 0.05" in because
    assert "dewp" in because
    shift = next(one for one in report["results"] if one["check"] == "drift")  # type: ignore[attr-defined]
    assert shift["evidence"][0].startswith("dewp: median ")
    assert "the model's answers move by" in shift["evidence"][0]


@pytest.mark.shared
def test_the_ready_made_suite_tells_the_shift_and_promotes_in_the_season_it_was_made_for(
    weather: Path,
) -> None:
    def statuses(data: str) -> tuple[int, dict[str, str]]:
        named = ("--data", data, "--target", "temp", "--reference", "winter.csv")
        code, report = run(weather, *named, "--suite", "drift")
        results: list[dict[str, str]] = report["results"]  # type: ignore[assignment]
        return code, {one["id"]: one["status"] for one in results}

    code, later = statuses("later.csv")
    assert code == 0
    assert "failed" not in later.values()
    code, moved = statuses("summer.csv")
    assert code == 0  # in this suite a shift is a warning
    for name in ("predictions", "features", "multivariate", "target"):
        assert moved[f"drift[{name}]"] == "failed"
