"""What is promoted serves at once, or what served before serves again: exit code 8, or 9."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from modelgate.errors import DeployError, MistakesError, StrandedError, UsageError
from modelgate.project import find_project
from modelgate.promote import promote, rollback
from modelgate.targets import target_class, targets
from modelgate.verification import verified_log
from tests.registered import Line, line, model_bytes, there
from tests.serving.servers import serving


def project(folder: Path, target: str) -> None:
    text = f"aliases:\n  production:\n    target: {target}\n"
    (folder / "modelgate.yaml").write_text(text, "utf-8")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return line(tmp_path, 2)


def move(found: Line, number: str) -> None:
    promote(there(found.registry), number)


def standing(found: Line) -> int | None:
    version = found.registry.alias("churn", "production")
    return None if version is None else version.number


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_every_target_is_found_by_its_name() -> None:
    assert set(targets()) == {"folder", "server", "command", "mlflow", "kserve"}
    with pytest.raises(UsageError, match="MG2410"):
        target_class("foldr")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("{foldr: x}", "MG2410", id="another-name"),
        pytest.param("{folder: x, kep: 3}", "MG2108", id="another-key"),
        pytest.param("{folder: 3}", "MG2109", id="another-kind"),
        pytest.param("{command: ./deploy.sh}", "MG2109", id="a-line-for-a-shell"),
        pytest.param("folder", "MG2107", id="no-block"),
        pytest.param("{}", "MG2107", id="an-empty-block"),
    ],
)
def test_a_mistake_in_a_target_is_told_with_its_line(tmp_path: Path, text: str, code: str) -> None:
    project(tmp_path, text)
    with pytest.raises(MistakesError) as caught:
        find_project(tmp_path)
    assert caught.value.code == code
    assert caught.value.where is not None
    assert caught.value.where.line == 3


def test_a_folder_holds_what_serves(two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{folder: served}")
    for number in (1, 2):
        move(two, str(number))
        current = tmp_path / "served" / "current"
        assert (current / "model.onnx").read_bytes() == model_bytes(number - 1)
        about = json.loads((current / "release.json").read_text("utf-8"))
        assert (about["version"], about["digest"]) == (number, two.versions[number - 1].digest)
        decision = two.registry.entry(about["decision"])
        assert decision is not None
        assert (current / "decision.json").read_bytes() == decision.envelope
    rollback(there(two.registry), "slow")
    assert (tmp_path / "served" / "current" / "model.onnx").read_bytes() == model_bytes(0)
    assert not list((tmp_path / "served").rglob("*.part"))


def test_a_folder_keeps_as_many_releases_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, "{folder: served, keep: 2}")
    found = line(tmp_path, 4)
    for number in "1234":
        move(found, number)
    names = sorted(path.name.partition("-")[0] for path in (tmp_path / "served/releases").iterdir())
    assert names == ["3", "4"]


def test_a_release_that_somebody_changed_is_put_there_again(two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{folder: served}")
    move(two, "1")
    model = tmp_path / "served" / "current" / "model.onnx"
    model.write_bytes(b"changed")
    move(two, "1")
    assert model.read_bytes() == model_bytes(0)


def test_what_stands_in_the_way_is_left_alone(two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{folder: served}")
    (tmp_path / "served" / "current").mkdir(parents=True)
    with pytest.raises(DeployError) as caught:
        move(two, "1")
    assert (caught.value.code, caught.value.exit_code) == ("MG8001", 8)
    assert "no link that this target made" in caught.value.message
    assert standing(two) is None


def test_a_folder_that_cannot_be_written_is_told_before_anything_moves(
    two: Line, tmp_path: Path
) -> None:
    project(tmp_path, "{folder: served}")
    move(two, "1")
    releases = tmp_path / "served" / "releases"
    releases.rename(tmp_path / "elsewhere")
    releases.write_text("no folder", "utf-8")
    with pytest.raises(DeployError, match="MG8001"):
        move(two, "2")
    assert standing(two) == 1
    assert [one.body["why"] for _, one in two.registry.statements(name="churn", kind="move")] == [
        "promote"
    ]


def test_a_command_is_told_what_to_serve(
    two: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "deploy.sh", 'cp "$MODELGATE_MODEL" served.onnx; env > told.txt')
    script(tmp_path / "smoke.sh", "test -s served.onnx")
    project(tmp_path, "{command: [./deploy.sh], smoke: [./smoke.sh]}")
    monkeypatch.setenv("OF_NO_BUSINESS", "x")
    move(two, "1")
    assert (tmp_path / "served.onnx").read_bytes() == model_bytes(0)
    told = dict(
        line.split("=", 1) for line in (tmp_path / "told.txt").read_text("utf-8").splitlines()
    )
    assert told["MODELGATE_NAME"] == "churn"
    assert told["MODELGATE_DIGEST"] == two.versions[0].digest
    assert "OF_NO_BUSINESS" not in told


@pytest.mark.parametrize(
    ("text", "settings", "says"),
    [
        pytest.param("echo no room >&2; exit 3", "", "ended with 3: no room", id="fails"),
        pytest.param("sleep 60", ", seconds: 0.3", "longer than 0.3 s", id="takes-too-long"),
        pytest.param("kill -9 $$", "", "was killed by SIGKILL", id="dies"),
    ],
)
def test_where_the_new_one_fails_the_old_one_serves_again(
    two: Line, tmp_path: Path, text: str, settings: str, says: str
) -> None:
    deploy = tmp_path / "deploy.sh"
    ours = f'if [ "$MODELGATE_VERSION" = 2 ]; then {text}; fi; echo "$MODELGATE_VERSION" >> log.txt'
    script(deploy, ours)
    project(tmp_path, f"{{command: [./deploy.sh]{settings}}}")
    move(two, "1")
    with pytest.raises(DeployError) as caught:
        move(two, "2")
    assert (caught.value.exit_code, says in caught.value.message) == (8, True)
    assert standing(two) == 1
    assert (tmp_path / "log.txt").read_text("utf-8").split() == ["1", "1"]
    moves = [
        (one.body["from"], one.body["to"], one.body["why"])
        for _, one in two.registry.statements(name="churn", kind="move")
    ]
    assert moves == [(None, 1, "promote"), (1, 2, "promote"), (2, 1, "returned")]
    script(deploy, "exit 0")
    move(two, "2")  # the decision still stands
    assert standing(two) == 2


def test_a_rollback_whose_target_fails_is_put_back(two: Line, tmp_path: Path) -> None:
    deploy = tmp_path / "deploy.sh"
    ours = 'test "$MODELGATE_VERSION" != 1 || test ! -e broken || exit 3'
    script(deploy, ours)
    project(tmp_path, "{command: [./deploy.sh]}")
    for number in "12":
        move(two, number)
    (tmp_path / "broken").touch()
    for _ in range(2):  # the second finds the same as the first
        with pytest.raises(DeployError) as caught:
            rollback(there(two.registry), "slow")
        assert (caught.value.code, caught.value.exit_code) == ("MG8001", 8)
        assert standing(two) == 2
    (tmp_path / "broken").unlink()
    rollback(there(two.registry), "slow")
    assert standing(two) == 1
    with pytest.raises(UsageError, match="MG2407"):
        rollback(there(two.registry), "slow")
    verified_log([entry.envelope for entry in two.registry.entries()], there(two.registry).keys)


def test_where_neither_serves_it_is_said_so(two: Line, tmp_path: Path) -> None:
    script(tmp_path / "deploy.sh", "test ! -e broken")
    project(tmp_path, "{command: [./deploy.sh]}")
    move(two, "1")
    (tmp_path / "broken").touch()
    with pytest.raises(StrandedError) as caught:
        move(two, "2")
    assert (caught.value.code, caught.value.exit_code) == ("MG9001", 9)
    assert standing(two) == 1
    (tmp_path / "broken").unlink()
    move(two, "1")  # the same once more brings the target where the alias leads


def test_a_first_one_that_fails_leaves_nothing(two: Line, tmp_path: Path) -> None:
    script(tmp_path / "deploy.sh", "exit 1")
    script(tmp_path / "clear.sh", "touch cleared")
    project(tmp_path, "{command: [./deploy.sh], withdraw: [./clear.sh]}")
    with pytest.raises(DeployError):
        move(two, "1")
    assert standing(two) is None
    assert (tmp_path / "cleared").exists()


def test_a_program_that_is_not_there_is_said_so(two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{command: [./absent.sh]}")
    with pytest.raises(DeployError, match="cannot be started"):
        move(two, "1")


def test_a_server_is_waited_for_and_asked(two: Line, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    move(two, "1")
    with serving(tmp_path, "--registry", "registry") as running:
        project(tmp_path, f"{{server: '{running.root}'}}")
        move(two, "2")
        assert standing(two) == 2
        running.waits_for(2, seconds=0.1)


def test_a_server_that_does_not_follow_is_a_failed_deployment(two: Line, tmp_path: Path) -> None:
    project(tmp_path, "{server: 'http://127.0.0.1:9', seconds: 0.3}")
    with pytest.raises(DeployError) as caught:
        move(two, "1")
    assert "in time" in caught.value.message
    assert standing(two) is None
