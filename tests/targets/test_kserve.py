"""A promotion leads an InferenceService to the release, waits for it and asks it; or writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from modelgate.errors import DeployError, MistakesError
from modelgate.project import find_project
from modelgate.promote import promote, rollback
from tests.registered import Line, line, model_bytes, there
from tests.targets.cluster import Cluster, cluster

TARGET = '{kserve: scoring, namespace: models, files: volume, storage: "pvc://models/churn"'


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("modelgate.targets.kserve.PAUSE", 0.01)
    return line(tmp_path, 2)


@pytest.fixture
def running(two: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    del two
    pytest.importorskip("lightkube")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    with cluster(tmp_path / "volume", tmp_path / "kubeconfig") as found:
        yield found


def project(folder: Path, more: str = "") -> None:
    text = f"aliases:\n  production:\n    target: {TARGET}{more}}}\n"
    (folder / "modelgate.yaml").write_text(text, "utf-8")


def served(found: Cluster) -> str:
    assert found.held is not None
    return str(found.held["metadata"]["annotations"]["modelgate/version"])


def test_the_cluster_serves_what_is_promoted(two: Line, running: Cluster, tmp_path: Path) -> None:
    project(tmp_path)
    for number in (1, 2):
        promote(there(two.registry), str(number))
        assert running.held is not None
        about = running.held["metadata"]
        model = running.held["spec"]["predictor"]["model"]
        folder = tmp_path / "volume" / model["storageUri"].removeprefix("pvc://models/churn/")
        assert (folder / "scoring/1/model.onnx").read_bytes() == model_bytes(number - 1)
        assert about["annotations"]["modelgate/digest"] == two.versions[number - 1].digest
        decision = two.registry.entry(about["annotations"]["modelgate/decision"])
        assert decision is not None
        assert (folder / "decision.json").read_bytes() == decision.envelope
        described = json.loads((folder / "release.json").read_text("utf-8"))
        assert described["file"] == "scoring/1/model.onnx"
    rollback(there(two.registry), "slow")
    assert served(running) == "churn@1"
    tried = [query for method, query in running.asked if method == "PATCH"]
    assert all(query["fieldManager"] == ["modelgate"] for query in tried)
    assert ["dryRun" in query for query in tried] == [True, False] * 3  # refused before kept


def test_the_manifest_of_the_project_says_how_it_is_served(
    two: Line, running: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "isvc.yaml").write_text(
        """
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          annotations: {serving.kserve.io/deploymentMode: RawDeployment}
        spec:
          predictor:
            minReplicas: 2
            model:
              modelFormat: {name: onnx, version: "1"}
              runtime: ours
              storageUri: s3://elsewhere/of-before
        """,
        "utf-8",
    )
    project(tmp_path, ", manifest: isvc.yaml")
    promote(there(two.registry), "1")
    assert running.held is not None
    predictor = running.held["spec"]["predictor"]
    assert (predictor["minReplicas"], predictor["model"]["runtime"]) == (2, "ours")
    assert predictor["model"]["modelFormat"] == {"name": "onnx", "version": "1"}
    assert predictor["model"]["storageUri"].startswith("pvc://models/churn/1-")
    mode = running.held["metadata"]["annotations"]["serving.kserve.io/deploymentMode"]
    assert mode == "RawDeployment"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("kind: Deployment", "is no InferenceService", id="another-kind"),
        pytest.param("a: [", "isvc.yaml", id="no-yaml"),
        pytest.param(None, "cannot be read", id="absent"),
        pytest.param(
            "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, spec: {predictor:"
            " {containers: [{image: ours}]}}}",
            "is no InferenceService",
            id="containers",
        ),
        pytest.param(
            "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, spec: {predictor:"
            " {minReplicas: two}}}",
            "'two' is not of type 'integer'",
            id="what-the-cluster-refuses",
        ),
    ],
)
def test_a_manifest_that_is_none_changes_nothing(
    two: Line, running: Cluster, tmp_path: Path, text: str | None, says: str
) -> None:
    if text is not None:
        (tmp_path / "isvc.yaml").write_text(text, "utf-8")
    project(tmp_path, ", manifest: isvc.yaml")
    with pytest.raises(DeployError) as caught:
        promote(there(two.registry), "1")
    assert (caught.value.code, caught.value.exit_code) == ("MG8001", 8)
    assert says in caught.value.message
    assert running.held is None
    assert two.registry.alias("churn", "production") is None


def test_where_the_runtime_cannot_load_it_the_one_before_serves_again(
    two: Line, running: Cluster, tmp_path: Path
) -> None:
    project(tmp_path)
    promote(there(two.registry), "1")
    running.broken["churn@2"] = "opset 99 is not supported"
    with pytest.raises(DeployError, match="opset 99 is not supported"):
        promote(there(two.registry), "2")
    assert served(running) == "churn@1"
    standing = two.registry.alias("churn", "production")
    assert standing is not None
    assert standing.number == 1


def test_a_first_one_that_fails_is_taken_away(two: Line, running: Cluster, tmp_path: Path) -> None:
    project(tmp_path)
    running.silent = True
    with pytest.raises(DeployError, match="no healthy upstream"):
        promote(there(two.registry), "1")
    assert running.held is None
    assert two.registry.alias("churn", "production") is None
    running.silent = False
    promote(there(two.registry), "1")
    assert served(running) == "churn@1"


def test_one_that_is_never_ready_is_given_up(two: Line, running: Cluster, tmp_path: Path) -> None:
    project(tmp_path, ", seconds: 1")
    running.slow = 10**6
    with pytest.raises(DeployError, match="not ready in time"):
        promote(there(two.registry), "1")
    assert running.held is None


def test_without_a_cluster_it_is_said_so(
    two: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lightkube")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))
    project(tmp_path)
    with pytest.raises(DeployError, match="absent"):
        promote(there(two.registry), "1")
    assert two.registry.alias("churn", "production") is None


def test_the_manifest_may_be_written_for_somebody_else(two: Line, tmp_path: Path) -> None:
    project(tmp_path, ", write: gitops/churn.yaml")
    written = tmp_path / "gitops" / "churn.yaml"
    promote(there(two.registry), "1")
    promote(there(two.registry), "2")
    found = yaml.safe_load(written.read_text("utf-8"))
    assert found["kind"] == "InferenceService"
    assert found["metadata"]["annotations"]["modelgate/version"] == "churn@2"
    rollback(there(two.registry), "slow")
    found = yaml.safe_load(written.read_text("utf-8"))
    assert found["metadata"]["annotations"]["modelgate/version"] == "churn@1"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        pytest.param("{kserve: Churn_1, files: v, storage: 's3://b'}", "MG2448", id="name"),
        pytest.param("{kserve: churn, files: v, storage: /mnt}", "MG2448", id="no-uri"),
        pytest.param("{kserve: churn, files: v}", "MG2451", id="no-storage"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, target: str, code: str) -> None:
    text = f"aliases:\n  production:\n    target: {target}\n"
    (tmp_path / "modelgate.yaml").write_text(text, "utf-8")
    with pytest.raises(MistakesError) as caught:
        find_project(tmp_path)
    assert caught.value.code == code
    assert caught.value.where is not None
    assert caught.value.where.line == 3
