"""From a file to production and back, by the commands that a user types, while clients ask on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from modelgate.demo import write
from tests.serving.servers import serving
from tests.serving.test_serve import Client

pytest.importorskip("uvicorn")

SUITE = """\
title: Tumours, before every release
data:
  test: {path: ../data/test.csv, target: diagnosis}
champion: tumours@production
model:
  positive: malignant
checks:
  - {metric: accuracy, at_least: 90%, margin: 3%}
  - {metric: recall, at_least: 75%, margin: 5%}
  - finite_outputs: all
"""
PROJECT = """\
suite: suites/gate.yaml
signing_key: ../keys/ci.pem
aliases:
  production: {suite: suites/gate.yaml}
"""


def gate(folder: Path, *words: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "modelgate", *words],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def test_a_model_goes_to_production_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    write(folder)
    (folder / "suites" / "gate.yaml").write_text(SUITE, "utf-8")
    (folder / "modelgate.yaml").write_text(PROJECT, "utf-8")
    assert gate(tmp_path, "keys", "new", "ci")[0] == 0
    assert gate(folder, "register", "models/champion.onnx", "--name", "tumours")[0] == 0
    assert gate(folder, "check", "tumours@1")[0] == 0
    assert gate(folder, "promote", "tumours@1", "--to", "production")[0] == 0

    over = threading.Event()
    with serving(folder, what="tumours@production") as running:
        clients = [Client(running.url, over) for _ in range(16)]
        for client in clients:
            client.start()
        try:
            # a better one is promoted, under load
            assert gate(folder, "register", "models/better.onnx", "--name", "tumours")[0] == 0
            assert gate(folder, "check", "tumours@2")[0] == 0
            assert gate(folder, "promote", "tumours@2", "--to", "production")[0] == 0
            running.waits_for(2)
            # a worse one is refused
            assert gate(folder, "register", "models/worse.onnx", "--name", "tumours")[0] == 0
            assert gate(folder, "check", "tumours@3")[0] == 1
            code, said = gate(folder, "promote", "tumours@3", "--to", "production")
            assert (code, "MG5095" in said) == (5, True)
            # one that is tampered with after it was decided about is refused, and does not serve
            assert gate(folder, "register", "models/equal.onnx", "--name", "tumours")[0] == 0
            _tamper(folder, "tumours@4")
            code, said = gate(folder, "check", "tumours@4")
            assert (code, "MG5086" in said) == (5, True)
            # back again
            words = ("rollback", "tumours", "--of", "production", "--reason", "slow")
            assert gate(folder, *words)[0] == 0
            running.waits_for(1)
        finally:
            over.set()
            for client in clients:
                client.join()
    assert [one for client in clients for one in client.failed] == []
    assert {version for client in clients for version, _ in client.seen} == {"1", "2"}

    # the whole history, in another folder, with only the public key
    assert gate(folder, "history", "tumours", "--envelopes", "log.jsonl")[0] == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(folder / "log.jsonl", elsewhere)
    shutil.copy(tmp_path / "keys" / "ci.pub", elsewhere)
    shutil.rmtree(folder)
    code, said = gate(elsewhere, "verify", "log.jsonl", "--key", "ci.pub")
    assert (code, "3 decisions, 3 moves; no gap" in said) == (0, True), said
    _flip(elsewhere / "log.jsonl")
    code, said = gate(elsewhere, "verify", "log.jsonl", "--key", "ci.pub")
    assert (code, "log.jsonl" in said) == (5, True), said


def _tamper(folder: Path, version: str) -> None:
    """Change a byte of a version's file in the registry."""
    from modelgate.registries.embedded import Registry

    name, _, number = version.partition("@")
    registry = Registry(folder / ".modelgate")
    digest = registry.version(name, number).digest.removeprefix("sha256:")
    registry.close()
    blob = folder / ".modelgate" / "blobs" / "sha256" / digest[:2] / digest
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(bytes(content))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(bytes(content))
