"""Against a real `mlflow server`: versions are fetched, aliases follow, reports are logged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelgate.cli import main
from modelgate.demo import write
from modelgate.errors import DeployError, RefusedError, UsageError
from modelgate.from_mlflow import logged
from modelgate.promote import promote, rollback
from modelgate.registering import register
from modelgate.registries.embedded import Registry
from modelgate.registries.mlflow import MlflowReference, fetch
from modelgate.registries.mlflow_run import log_report, metrics_of
from modelgate.report_file import read_report
from modelgate.targets import target_class
from tests.mlflow_worker.servers import Server, client_or_skip, running
from tests.registered import Line, line, model_bytes, there, trial

MLMODEL = b"flavors:\n  onnx: {data: model.onnx}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mlflow")) as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", found.url)
        patch.delenv("MLFLOW_REGISTRY_URI", raising=False)
        yield found


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return line(tmp_path, 2)


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def project(folder: Path, target: str) -> None:
    text = f"aliases:\n  production:\n    target: {target}\n"
    (folder / "modelgate.yaml").write_text(text, "utf-8")


def test_a_version_is_fetched_by_number_and_by_alias_and_is_the_same_again(
    server: Server, tmp_path: Path
) -> None:
    content = model_bytes(0)
    files = {"MLmodel": MLMODEL, "model.onnx": content, "extra/notes.txt": b"n"}
    number = server.version("fetched", files, tags={"team": "risk"})
    server.post("registered-models/alias", name="fetched", alias="candidate", version=str(number))
    found = fetch(MlflowReference("fetched", "candidate"), tmp_path / "one")
    assert (found.name, found.version, dict(found.tags)) == ("fetched", number, {"team": "risk"})
    assert found.path == tmp_path / "one" / "model.onnx"
    assert found.path.read_bytes() == content
    assert dict(found.digests) == {path: digest(bytes_) for path, bytes_ in files.items()}
    assert found.digest == digest(content)
    assert found.run
    assert found.lineage["mlflow"] == f"models:/fetched/{number}"
    again = fetch(found.reference, tmp_path / "two", expected=found.digests)
    assert again.digests == found.digests
    home = found.source.partition(":/")[2]
    server.put(f"{home}/model.onnx", model_bytes(1))
    with pytest.raises(RefusedError) as caught:
        fetch(found.reference, tmp_path / "three", expected=found.digests)
    assert (caught.value.code, caught.value.exit_code) == ("MG5123", 5)


@pytest.mark.parametrize("which", ["77", "nobody"])
def test_a_version_that_is_not_there_is_said_so(server: Server, tmp_path: Path, which: str) -> None:
    server.version("known", {"model.onnx": b"x"})
    with pytest.raises(UsageError) as caught:
        fetch(MlflowReference("known", which), tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("MG2442", 2)


def test_a_version_that_leads_elsewhere_is_refused(server: Server, tmp_path: Path) -> None:
    number = server.version("elsewhere", {}, source="dbfs:/x")
    with pytest.raises(RefusedError) as caught:
        fetch(MlflowReference("elsewhere", str(number)), tmp_path)
    assert caught.value.code == "MG5122"
    assert not any(tmp_path.iterdir())


def test_code_is_refused(server: Server, tmp_path: Path) -> None:
    description = b"flavors:\n  python_function: {loader_module: mine, code: code}\n"
    number = server.version("code", {"MLmodel": description, "model.pkl": b"\x80\x04."})
    with pytest.raises(RefusedError) as caught:
        fetch(MlflowReference("code", str(number)), tmp_path)
    assert caught.value.code == "MG5120"


def test_the_alias_follows_each_move(server: Server, two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{mlflow: followed}")
    for number in (1, 2):
        promote(there(two.registry), str(number))
        there_now = server.alias("followed", "production")
        tags = {one["key"]: one["value"] for one in there_now["tags"]}
        assert tags["modelgate.digest"] == two.versions[number - 1].digest
        assert tags["modelgate.verdict"] == "promote"
        assert two.registry.entry(tags["modelgate.decision"]) is not None
        found = fetch(MlflowReference("followed", "production"), tmp_path / f"out{number}")
        assert found.path.read_bytes() == model_bytes(number - 1)
    rollback(there(two.registry), "slow")
    assert server.alias("followed", "production")["version"] == "1"  # no third one was made
    target = target_class("mlflow")({"mlflow": "followed"}, tmp_path)
    for _ in range(2):  # an alias that is gone is as good as one that is taken away
        target.withdraw("churn", "production")
        assert server.alias("followed", "production") is None


def test_the_version_that_has_the_bytes_gets_the_alias(
    server: Server, two: Line, tmp_path: Path
) -> None:
    files = {"MLmodel": MLMODEL, "model.onnx": model_bytes(0), "input_example.json": b"[]"}
    number = server.version("trained", files)
    server.version("trained", {"MLmodel": MLMODEL, "model.onnx": model_bytes(7)})
    project(tmp_path, "{mlflow: trained, alias: champion}")
    promote(there(two.registry), "1")
    assert server.alias("trained", "champion")["version"] == str(number)


def test_a_tag_alone_brings_no_other_model_to_production(
    server: Server, two: Line, tmp_path: Path
) -> None:
    tags = {"modelgate.digest": two.versions[0].digest}
    right, wrong = model_bytes(0), model_bytes(1)
    other = b"flavors:\n  onnx: {data: other.onnx}\n"
    loader = MLMODEL + b"  python_function: {loader_module: mine}\n"
    forged = [
        {"MLmodel": MLMODEL, "model.onnx": wrong},
        {"MLmodel": other, "model.onnx": right, "other.onnx": wrong},
        {"MLmodel": loader, "model.onnx": right},
        {"model.onnx": right},
    ]
    numbers = {server.version("forged", files, tags=tags) for files in forged}
    project(tmp_path, "{mlflow: forged}")
    promote(there(two.registry), "1")
    assert int(server.alias("forged", "production")["version"]) not in numbers
    assert fetch(MlflowReference("forged", "production"), tmp_path / "out").digest == digest(right)


def test_a_server_that_does_not_answer_is_known_before_anything_moves(
    two: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_or_skip()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    project(tmp_path, "{mlflow: churn}")
    with pytest.raises(DeployError) as caught:
        promote(there(two.registry), "1")
    assert (caught.value.code, caught.value.exit_code) == ("MG8001", 8)
    assert two.registry.alias("churn", "production") is None
    assert not list(two.registry.statements(name="churn", kind="move"))


def test_a_report_is_logged_to_the_run_and_can_be_logged_again(server: Server) -> None:
    report = trial()[0]
    run = server.run()["run_id"]
    log_report(run, report)
    log_report(run, report)
    held = server.get("runs/get", run_id=run)["run"]
    metrics = {one["key"]: one["value"] for one in held["data"]["metrics"]}
    assert metrics == pytest.approx(metrics_of(report))
    assert any(name.endswith(".low") for name in metrics)
    tags = {one["key"]: one["value"] for one in held["data"]["tags"]}
    assert tags["modelgate.verdict"] == "promote"
    assert tags["modelgate.suite.digest"] == report.subject["suite"]["digest"]
    assert tags["modelgate.model.digest"] == report.subject["model"]["digest"]
    params = {one["key"] for one in held["data"]["params"]}
    assert "modelgate.suite.digest" in params
    stored = next(server.folder.rglob(f"{run}/artifacts/modelgate/report.json")).read_bytes()
    assert json.loads(stored)["verdict"]["decision"] == "promote"
    assert read_report(stored, "report.json").subject == report.subject


def test_a_version_is_put_on_trial_and_its_run_is_told(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "demo")
    monkeypatch.chdir(tmp_path / "demo")
    number = server.version("tried", {"MLmodel": MLMODEL, "model.onnx": model_bytes(0)})
    words = [
        f"models:/tried/{number}",
        "--suite",
        "suites/demo.yaml",
        "--report",
        "json:report.json",
    ]
    assert main(["check", *words]) == 0
    assert "not logged" not in capsys.readouterr().err
    report = read_report(Path("report.json").read_bytes(), "report.json")
    assert report.subject["model"]["name"] == f"models:/tried/{number}"
    told = report.provenance["mlflow"]
    assert (told["version"], told["not_logged"]) == (f"models:/tried/{number}", None)
    held = server.get("runs/get", run_id=told["run"])["run"]["data"]
    assert {one["key"]: one["value"] for one in held["tags"]}["modelgate.verdict"] == "promote"


def test_a_version_is_registered_with_its_lineage_and_refused_once_it_was_changed(
    server: Server, tmp_path: Path
) -> None:
    number = server.version("kept", {"MLmodel": MLMODEL, "model.onnx": model_bytes(0)})
    server.post("registered-models/alias", name="kept", alias="candidate", version=str(number))
    registry = Registry(tmp_path / "registry")
    version = register(registry, "models:/kept@candidate", "churn")
    assert version.digest == digest(model_bytes(0))
    assert version.lineage["mlflow"] == f"models:/kept/{number}"
    assert version.lineage["run"]
    assert register(registry, f"models:/kept/{number}", "churn") == version
    home = str(version.lineage["source"]).partition(":/")[2]
    server.put(f"{home}/model.onnx", model_bytes(1))
    with pytest.raises(RefusedError) as caught:
        register(registry, f"models:/kept/{number}", "churn")
    assert caught.value.code == "MG5123"
    assert list(registry.versions("churn")) == [version]
    registry.close()


def test_a_run_that_cannot_be_told_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    report = trial()[0]
    assert logged(report, {}) == report
    assert logged(report, {"run": "17"}) == report
    found = logged(report, {"mlflow": "models:/churn/3", "run": "abc"})
    assert found.verdict == report.verdict
    assert found.provenance["mlflow"]["not_logged"].startswith("MG2444 ")
