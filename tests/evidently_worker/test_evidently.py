"""The real Evidently inside the gate; skipped where it is not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import modelgate.evidently_worker.process as process_of
from modelgate import Status
from modelgate.errors import ModelgateError, UsageError
from modelgate.evidently_worker import told
from modelgate.evidently_worker.handed import rows_handed
from modelgate.evidently_worker.known import as_test
from modelgate.kept import Kept
from modelgate.surveys import Layout
from modelgate.surveys.row_sample import RowSample
from modelgate.testing import run_check

needed = pytest.mark.skipif(
    importlib.util.find_spec("evidently") is None,
    reason="Evidently is not installed: pip install -e '.[dev,evidently]'",
)
RNG = np.random.default_rng(0)
SAME = {"x": RNG.normal(size=400), "c": RNG.choice(["a", "b"], 400)}
AGAIN = {"x": RNG.normal(size=400), "c": RNG.choice(["a", "b"], 400)}
MOVED = {"x": RNG.normal(1, 1, size=400), "c": RNG.choice(["a", "b"], 400)}


def _judged(current: Mapping[str, Any], reference: Mapping[str, Any], **further: Any) -> Any:
    subject = further.pop("subject", "DataDriftPreset")
    at_most = further.pop("at_most", 0.0)
    kept = further.pop("kept", None)
    return run_check(
        "evidently",
        subject=subject,
        settings=further,
        at_most=at_most,
        kept=kept,
        tables={"test": dict(current), "reference": dict(reference)},
    )


@needed
def test_rows_of_another_kind_fail_with_the_column_and_its_method() -> None:
    result = _judged(MOVED, SAME)
    assert result.status is Status.FAILED
    assert result.value == pytest.approx(2 / 3)  # the column, and the share of drifted columns
    by_column = {one["column"]: one for one in result.details["tests"]}
    assert (by_column["x"]["status"], by_column["x"]["method"]) == ("fail", "K-S p_value")
    assert (by_column["c"]["status"], by_column["c"]["threshold"]) == ("success", 0.05)
    assert result.evidence[0].startswith("x: ")
    assert result.evidence[0].endswith(" by K-S p_value, threshold 0.05")


@needed
def test_rows_of_the_same_kind_pass() -> None:
    result = _judged(AGAIN, SAME)
    assert (result.status, result.value) == (Status.PASSED, 0.0)
    assert result.says == "0 of 3 tests of Evidently failed"


@needed
@pytest.mark.parametrize(
    ("current", "settings", "reason"),
    [
        pytest.param(
            {"x": [1.0] * 29, "c": ["a"] * 29}, {}, "not enough rows: 29, and 30", id="29-rows"
        ),
        pytest.param(
            {"x": [np.inf] * 40, "c": ["a"] * 40},
            {"subject": "MeanValue", "column": "x", "tests": ("lt 5",)},
            "no number for",
            id="no-number",
        ),
    ],
)
def test_what_cannot_be_told_is_undecided(
    current: Mapping[str, Any], settings: dict[str, Any], reason: str
) -> None:
    result = _judged(current, SAME, at_most=1.0, **settings)
    assert result.status is Status.UNDECIDED
    assert reason in str(result.reason)


@needed
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({"subject": "MeanValue", "column": "c"}, "MG4091 Evidently: ", id="raises"),
        pytest.param({"subject": "ValueDrift", "column": "c", "method": "kss"}, "kss", id="method"),
    ],
)
def test_what_evidently_refuses_is_a_crash(settings: dict[str, Any], says: str) -> None:
    result = _judged(SAME, SAME, at_most=1.0, **settings)
    assert result.status is Status.CRASHED
    assert says in str(result.reason)


def test_an_answer_without_tests_is_no_pass() -> None:
    rows = RowSample(Layout(schema=pa.schema([("x", pa.float64())])))
    outcome = told.outcome_of(
        {"tests": [], "version": "0"}, (rows, rows), rows_handed(rows, rows), None
    )
    assert outcome.value is None
    assert outcome.reason == "Evidently made no test of it: write `tests:`"


@needed
def test_a_metric_is_held_to_its_own_tests_and_a_sample_is_stated() -> None:
    result = _judged(
        MOVED, SAME, subject="ValueDrift", column="x", method="psi", tests=("lt 0.1",), rows=200
    )
    assert (result.status, result.value) == (Status.FAILED, 1.0)
    assert result.details["tests"][0]["threshold"] == 0.1
    assert result.details["tests"][0]["method"] == "psi"
    assert "200 of 400 rows drawn from the reference" in result.says


@needed
def test_a_project_keeps_its_page_and_the_same_rows_the_same_place(tmp_path: Path) -> None:
    first, second = (_judged(MOVED, SAME, kept=Kept(tmp_path)) for _ in range(2))
    page = Path(first.details["html"])
    assert page.parent == Path(".modelgate", "evidently")
    assert list((tmp_path / page.parent).iterdir()) == [tmp_path / page]
    assert second.details["html"] == str(page)
    assert f"its page: {page}" in first.says
    assert "<html" in (tmp_path / page).read_text("utf-8")[:2000].lower()


@needed
def test_one_process_serves_all_and_opens_no_socket() -> None:
    first = process_of.running()
    assert process_of.running() is first
    with Path(f"/proc/{first.pid}/environ").open("rb") as file:
        assert {b"DO_NOT_TRACK=1", b"PYTHONHASHSEED=0"} <= set(file.read().split(b"\0"))
    tables = {"current": pa.table(MOVED), "reference": pa.table(SAME)}
    question = {"name": "DataDriftPreset", "settings": {}, "tests": [], "html": True}
    answer = first.ask(question, tables, 120)
    assert answer["sockets"] == 0
    assert b"<html" in answer["page"][:2000].lower()
    held = [str(one.readlink()) for one in Path(f"/proc/{first.pid}/fd").iterdir()]
    numbers = {one[8:-1] for one in held if one.startswith("socket:")}  # pairs within the process
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/{first.pid}/net/{kind}").read_text("utf-8").splitlines()[1:]
        assert numbers.isdisjoint(line.split()[9] for line in lines)


@needed
def test_the_process_goes_with_its_parent() -> None:
    program = textwrap.dedent("""
        import os, signal
        from modelgate.evidently_worker.process import EvidentlyProcess
        print(EvidentlyProcess().pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    pid = int(done.stdout)
    until = time.monotonic() + 20
    while _lives(pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@needed
def test_a_process_that_takes_too_long_is_ended() -> None:
    process = process_of.EvidentlyProcess()
    with pytest.raises(ModelgateError, match=r"MG4092 .* took more than 0\.01 s") as error:
        process.ask({"name": "RowCount", "settings": {}, "tests": [], "html": None}, {}, 0.01)
    assert error.value.exit_code == 4
    assert not process.runs


@pytest.mark.parametrize("written", ["lt", "lt x", "less 0.1", "lt nan", "a b lt 1"])
def test_a_test_that_evidently_has_not_is_a_mistake(written: str) -> None:
    with pytest.raises(UsageError, match="MG2291") as error:
        as_test(written)
    assert error.value.exit_code == 2


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(UsageError, match="MG2290 this step needs the package absent_one") as error:
        process_of.refuse_missing(["absent_one"])
    assert error.value.hint == "pip install 'modelgate-ci[evidently]'"
    assert error.value.exit_code == 2
