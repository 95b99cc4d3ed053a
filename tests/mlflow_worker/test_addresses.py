"""Whoever may add versions in MLflow writes where their files lie; most such places are refused."""

from __future__ import annotations

import pytest

from modelgate.errors import RefusedError
from modelgate.mlflow_worker.addresses import checked_path, permitted

SERVER = "https://ana:secret@mlflow.example:8443/team"
PROXY = "/team/api/2.0/mlflow-artifacts/artifacts"


@pytest.mark.parametrize(
    "address",
    [
        "mlflow-artifacts:/1/models/m-1/artifacts",
        "mlflow-artifacts://mlflow.example:8443/1/run/artifacts/a model",
        f"https://MLFLOW.example:8443{PROXY}/1/run/artifacts",
        "s3://models/churn/3",
        "gs://models/churn/3",
    ],
)
def test_the_servers_own_artifacts_and_buckets_are_fetched(address: str) -> None:
    assert permitted(address, SERVER) == address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/etc", id="a-path"),
        pytest.param("file:///etc", id="a-file"),
        pytest.param("", id="nothing"),
        pytest.param("etc/passwd", id="a-relative-path"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="the-clouds-own-secrets"),
        pytest.param(f"https://evil.example{PROXY}/1", id="another-host"),
        pytest.param(f"https://mlflow.example{PROXY}/1", id="another-port"),
        pytest.param(f"http://mlflow.example:8443{PROXY}/1", id="without-encryption"),
        pytest.param("https://mlflow.example:8443/team/api/2.0/mlflow/runs", id="another-part"),
        pytest.param("mlflow-artifacts://evil.example/1", id="artifacts-of-another-host"),
        pytest.param("mlflow-artifacts://mlflow.example:8443@evil.example/1", id="a-user"),
        pytest.param("mlflow-artifacts:/1/../../2", id="climbs"),
        pytest.param("mlflow-artifacts:/1/%252e%252e/2", id="climbs-behind-percent-signs"),
        pytest.param("mlflow-artifacts:/1?workspace=2", id="a-query"),
        pytest.param("mlflow-artifacts:/1\n2", id="a-line-break"),
        pytest.param("s3:///etc", id="no-bucket"),
        pytest.param("s3://key@models/churn", id="a-key"),
        pytest.param("ftp://mlflow.example:8443/1", id="ftp"),
        pytest.param("models:/other/1", id="another-model"),
        pytest.param("dbfs:/databricks/1", id="databricks"),
        pytest.param("mlflow-artifacts://[::1/1", id="a-broken-one"),
    ],
)
def test_all_others_are_refused(address: str) -> None:
    with pytest.raises(RefusedError) as caught:
        permitted(address, SERVER)
    assert (caught.value.code, caught.value.exit_code) == ("MG5122", 5)


def test_a_refusal_tells_no_password() -> None:
    with pytest.raises(RefusedError) as caught:
        permitted("https://ana:secret@evil.example/1", SERVER)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("path", ["model.onnx", "data/a b.bin", "a/b/c/d/e/f/g/h", "..x"])
def test_a_file_lies_in_the_folder(path: str) -> None:
    assert checked_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "..",
        "../x",
        "a/../x",
        "/etc/passwd",
        "a//b",
        "./x",
        "a\\..\\x",
        "a\n",
        "a/b/c/d/e/f/g/h/i",
    ],
)
def test_a_file_outside_of_it_is_refused(path: str) -> None:
    with pytest.raises(RefusedError) as caught:
        checked_path(path)
    assert caught.value.code == "MG5121"
