"""`modelgate verify` of a project with its own key, and of files that hold nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelgate.cli import main
from modelgate.decisions.keys import new_key
from modelgate.registries.embedded import Registry
from tests.registered import added, decided


def test_a_project_whose_key_is_its_own_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    new_key(tmp_path / "keys", "ci")
    Path("modelgate.yaml").write_text("signing_key: keys/ci.pem\n", "utf-8")
    registry = Registry(tmp_path / ".modelgate", signing_key=tmp_path / "keys" / "ci.pem")
    decided(registry, added(registry, tmp_path, 1), None)
    registry.close()
    assert main(["verify", "churn"]) == 0
    said = capsys.readouterr().out
    assert "1 decision; no gap" in said
    assert "registry's own key" not in said
    assert main(["verify", "1"]) == 0


@pytest.mark.parametrize("content", [b"", b"\n\n"], ids=["empty", "blank-lines"])
def test_a_file_without_an_envelope_is_no_sound_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    new_key(tmp_path, "ci")
    log = tmp_path / "log.jsonl"
    log.write_bytes(content)
    assert main(["verify", str(log), "--key", str(tmp_path / "ci.pub")]) == 5
    assert "MG5080" in capsys.readouterr().err


def test_without_a_name_the_models_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("modelgate.yaml").write_text("title: x\n", "utf-8")
    registry = Registry(tmp_path / ".modelgate")
    for number, name in enumerate(("churn", "churn", "spam")):
        added(registry, tmp_path, number, name)
    registry.close()
    assert main(["history"]) == 0
    said = capsys.readouterr().out
    assert ["churn", "2", "versions"] in [line.split() for line in said.splitlines()]
    assert ["spam", "1", "version"] in [line.split() for line in said.splitlines()]


def test_a_closed_output_is_no_verdict(tmp_path: Path) -> None:
    for closed in (">&-", "2>&-"):
        line = f"{sys.executable} -m modelgate history {closed}"
        ended = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, env=os.environ, check=False)
        assert ended.returncode == 2  # there is no registry; 1 would mean "block"


def test_a_key_in_the_variable_is_never_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("modelgate.yaml").write_text("title: x\n", "utf-8")
    new_key(tmp_path, "ci")
    secret = (tmp_path / "ci.pem").read_text("utf-8")
    Registry(tmp_path / ".modelgate").close()
    for text in (secret, secret.replace("\n", "\\n")):
        monkeypatch.setenv("MODELGATE_SIGNING_KEY", text)
        assert main(["history"]) == 2
        said = "".join(capsys.readouterr())
        assert "MG2418" in said
        assert secret.splitlines()[1] not in said
