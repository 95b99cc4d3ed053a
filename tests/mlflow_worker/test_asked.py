"""Names of versions, and what keeps MLflow from being asked: all of it without a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelgate.errors import ServiceError, UsageError
from modelgate.mlflow_worker import asked, redacted
from modelgate.registries.mlflow import MlflowReference, fetch, of_mlflow
from modelgate.registries.mlflow_run import log_report, metrics_of
from tests.mlflow_worker.servers import client_or_skip
from tests.registered import trial

VERSION = MlflowReference("churn", "3")


@pytest.mark.parametrize(
    ("text", "name", "which"),
    [
        ("models:/churn/3", "churn", "3"),
        ("models:/churn@candidate", "churn", "candidate"),
        ("models:/Churn of 2026@a.b-c", "Churn of 2026", "a.b-c"),
    ],
)
def test_a_version_is_named(text: str, name: str, which: str) -> None:
    assert of_mlflow(text) == (name, which)
    assert str(of_mlflow(text)) == text


@pytest.mark.parametrize("model", ["churn@3", "model.onnx", Path("models:/churn/3"), None, 3])
def test_all_else_is_none_of_mlflows(model: object) -> None:
    assert of_mlflow(model) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("models:/churn", id="no-version"),
        pytest.param("models:/churn/Production", id="a-stage"),
        pytest.param("models:/churn/latest", id="the-latest"),
        pytest.param("models:/churn/0", id="nought"),
        pytest.param("models:/churn@3", id="an-alias-like-a-number"),
        pytest.param("models:/m-0123456789abcdef", id="a-logged-model"),
        pytest.param("models:/a/b/3", id="a-path"),
        pytest.param("models://user@host/churn/3", id="a-host"),
        pytest.param("models:/ch\u202eurn/3", id="turned-round"),
        pytest.param("models:/churn@a b", id="a-space"),
    ],
)
def test_a_version_that_is_named_wrongly_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        of_mlflow(text)
    assert (caught.value.code, caught.value.exit_code) == ("MG2441", 2)


@pytest.mark.parametrize(
    ("server", "registry"),
    [
        (None, None),
        ("", None),
        ("mlruns", None),
        ("file:///tmp/mlruns", None),
        ("sqlite:///mlflow.db", None),
        ("databricks", None),
        ("http://127.0.0.1:9", "sqlite:///mlflow.db"),
    ],
)
def test_only_servers_are_asked(
    server: str | None, registry: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MLFLOW_TRACKING_URI", server), ("MLFLOW_REGISTRY_URI", registry)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        asked("fetch")
    assert caught.value.code == "MG2444"


def test_a_missing_client_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mlflow.py").write_text("raise ImportError('not here')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(UsageError) as caught:
        fetch(VERSION, tmp_path / "out")
    assert (caught.value.code, caught.value.hint) == (
        "MG2440",
        "pip install 'modelgate-ci[mlflow]'",
    )


def test_a_server_that_does_not_run_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_or_skip()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ana:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(ServiceError) as caught:
        fetch(VERSION, tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("MG7240", 7)
    assert "secret" not in caught.value.message


def test_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(ServiceError) as caught:
        asked("withdraw", seconds=0.01, name="churn", alias="production")
    assert caught.value.code == "MG7241"


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()
    with pytest.raises(UsageError) as caught:
        fetch(VERSION, tmp_path)
    assert caught.value.code == "MG2445"


@pytest.mark.parametrize("run", ["", "../1", "a/b", "a b"])
def test_a_run_that_is_none_is_refused(run: str) -> None:
    with pytest.raises(UsageError) as caught:
        log_report(run, trial()[0])
    assert caught.value.code == "MG2446"


def test_what_stands_before_the_at_sign_is_not_told() -> None:
    assert redacted("no\nhttp://ana:secret@host/x") == "no http://host/x"


def test_numbers_of_a_report_have_names_that_mlflow_takes() -> None:
    report = trial()[0]
    first, *rest = (result for result in report.results if result.interval)
    odd = replace(first, id="metric[recall][länd=B/R]", value=float("nan"))
    same = replace(first, id="metric[recall][land=B?R]", difference=None, difference_interval=None)
    twin = replace(same, id="metric[recall][land=B!R]")
    long = replace(same, id="x" * 500, interval=None)
    found = metrics_of(replace(report, results=(odd, same, twin, long, *rest[:0])))
    names = list(found)
    assert "modelgate/metric_recall_l_nd_B_R" not in found  # it is not finite
    assert found["modelgate/metric_recall_land_B_R"] == first.value
    assert found["modelgate/metric_recall_land_B_R.low"] == (first.interval or (0, 0))[0]
    assert sum(name.startswith("modelgate/metric_recall_land_B_R-") for name in names) == 3
    assert max(map(len, names)) <= 250
