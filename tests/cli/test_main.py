"""However a command ends: a line for each thing that is wrong, and the right exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from modelgate import __version__
from modelgate.cli import COMMANDS, SECTIONS, main
from modelgate.errors import (
    CheckCrashedError,
    DataError,
    MistakesError,
    RefusedError,
    StorageError,
    UsageError,
    Where,
)

Body = Callable[[], int | None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs `modelgate list`, whose body is replaced by the test's own."""

    def as_list(body: Body, *words: str) -> int:
        module = SimpleNamespace(command=click.command(name="list")(body))
        monkeypatch.setitem(sys.modules, "modelgate.cli.list", module)
        return main(["list", *words])

    return as_list


def raising(error: BaseException) -> Body:
    def body() -> None:
        raise error

    return body


@pytest.mark.parametrize("words", [["--help"], ["-h"]], ids=" ".join)
def test_help_shows_every_command_an_example_and_the_exit_codes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert "modelgate check model.onnx --data test.csv" in shown
    assert "11 hold" in shown
    assert max(map(len, shown.splitlines())) <= 88


def test_every_command_is_in_one_section() -> None:
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(COMMANDS)


def test_without_a_word_there_is_help_but_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage:" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"modelgate {name} " in shown.partition("Example")[2]
    assert "--debug" in shown


def test_the_version_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"modelgate {__version__}\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        pytest.param(["chek"], "MG2001 no command is called 'chek'; did you mean 'check'?", id="c"),
        pytest.param(["\x1b[2J"], "MG2001 no command is called '\\x1b[2J'; known:", id="escape"),
        pytest.param(["--verison"], "MG2002 `modelgate` has no option '--verison'; did", id="top"),
        pytest.param(
            ["report", "a.json", "--outptu", "b"],
            "MG2002 `modelgate report` has no option '--outptu'; did you mean '--output'?",
            id="option",
        ),
        pytest.param(["report", "a", "--as"], "MG2003 option '--as' requires", id="no-value"),
        pytest.param(["demo", "a", "--threads", "x"], "MG2003 invalid value for", id="value"),
        pytest.param(["report"], "MG2004 missing argument 'REPORT.json'", id="argument"),
        pytest.param(["report", "a", "b"], "MG2005 got unexpected extra argument", id="extra"),
    ],
)
def test_mistakes_on_the_command_line(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    told = err.splitlines()
    assert out == ""
    assert told[0].startswith(f"modelgate: {line}")
    assert len(told) == 2
    assert told[1].startswith("  hint: `modelgate")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("MG2104", "a"), 2),
        (DataError("MG3501", "a"), 3),
        (CheckCrashedError("MG4001", "a"), 4),
        (RefusedError("MG5001", "a"), 5),
        (StorageError("MG6050", "a"), 6),
    ],
)
def test_each_class_of_errors_has_its_exit_code(
    error: Exception, code: int, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(error)) == code
    assert capsys.readouterr().err == f"modelgate: {error}\n"


def test_a_place_and_a_hint_are_shown(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    where = Where("suites/churn.yaml", 14, 5)
    first = UsageError("MG2104", "no check is called 'metrc'; did you mean 'metric'?", where=where)
    second = UsageError("MG2108", "b", where=Where("a.yaml", 15), hint="c")
    assert run(raising(MistakesError([first, second]))) == 2
    assert capsys.readouterr().err.splitlines() == [
        "suites/churn.yaml:14:5: MG2104 no check is called 'metrc'; did you mean 'metric'?",
        "a.yaml:15: MG2108 b",
        "  hint: c",
    ]


def test_every_mistake_is_told_until_they_are_hundreds_and_a_hint_once(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    many = [UsageError("MG2142", "a", where=Where("a.yaml", n), hint="c") for n in range(1, 214)]
    assert run(raising(MistakesError(many))) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["a.yaml:1: MG2142 a", "  hint: c"]
    told = [f"a.yaml:{n}: MG2142 a" for n in range(2, 201)]
    assert lines[2:] == [*told, "modelgate: and 13 more"]


def test_a_name_cannot_command_the_terminal(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    where = Where("a\x1b]0;owned\x07\u202e.yaml", 1)
    assert run(raising(UsageError("MG2104", "x\ny\x9b31m", where=where))) == 2
    err = capsys.readouterr().err
    assert err == "a\\x1b]0;owned\\x07\\u202e.yaml:1: MG2104 x\\ny\\x9b31m\n"


def test_the_unforeseen_is_a_bug_of_ours(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(ZeroDivisionError("by zero"))) == 70
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "modelgate: MG7001 a bug of modelgate: ZeroDivisionError: by zero"
    assert len(told) == 2
    assert "--debug" in told[1]


@pytest.mark.parametrize("how", ["option", "environment"])
@pytest.mark.parametrize("error", [ZeroDivisionError("a"), DataError("MG3501", "a")], ids=type)
def test_a_traceback_is_shown_only_where_it_is_asked_for(
    how: str,
    error: Exception,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("MODELGATE_DEBUG", raising=False)
    run(raising(error))
    assert "Traceback" not in capsys.readouterr().err
    if how == "environment":
        monkeypatch.setenv("MODELGATE_DEBUG", "1")
    run(raising(error), *(["--debug"] if how == "option" else []))
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 1, 4, 11])
def test_what_a_command_returns_is_the_exit_code(code: int, run: Callable[..., int]) -> None:
    assert run(lambda: code) == code


@pytest.mark.parametrize("code", [0, None, 1, 143])
def test_whoever_exits_from_within_promotes_nothing(
    code: int | None, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(SystemExit(code))) == 70
    assert f"exit({code!r}) was called from within" in capsys.readouterr().err


def test_what_no_except_exception_holds_up_promotes_nothing(run: Callable[..., int]) -> None:
    class Skipped(BaseException):
        pass

    assert run(raising(Skipped("not today"))) == 70


def test_ctrl_c(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "modelgate: interrupted; nothing was decided\n"


def test_sigterm_unwinds_and_ends_with_143(run: Callable[..., int]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    cleaned = []

    def body() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            cleaned.append(True)

    assert (run(body), cleaned) == (143, [True])
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_full_disk_is_no_bug(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(raising(OSError(28, "No space left on device", "out.json"))) == 6
    told = "modelgate: MG6090 out.json cannot be written: No space left on device\n"
    assert capsys.readouterr().err == told


MODELGATE = [sys.executable, "-m", "modelgate"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_that_cannot_be_written_is_no_success() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*MODELGATE, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 6
    assert ended.stderr == (
        "modelgate: MG6090 the output cannot be written: No space left on device\n"
    )


def test_a_reader_who_went_away_is_no_success_and_no_noise() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [*MODELGATE, "list", "schema"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_terminal_without_unicode_gets_escapes() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(
        [*MODELGATE, "explain", "größe"], capture_output=True, env=environment, check=False
    )
    assert ended.returncode == 2
    assert b"no check is called 'gr\\xf6\\xdfe'" in ended.stderr


def test_help_imports_neither_click_nor_anything_heavy() -> None:
    code = "import sys; from modelgate.cli import main; main(['--help']); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ended.stdout.splitlines()[-1].split()}
    heavy = {"click", "numpy", "pyarrow", "pandas", "onnxruntime", "sklearn", "pydantic", "rich"}
    assert not loaded & (heavy | {"yaml", "hypothesis", "pytest"})


def test_a_shell_can_complete_commands() -> None:
    environment = {
        **os.environ,
        "_MODELGATE_COMPLETE": "bash_complete",
        "COMP_WORDS": "modelgate exp",
        "COMP_CWORD": "1",
    }
    ended = subprocess.run(MODELGATE, capture_output=True, text=True, env=environment, check=False)
    assert ended.stdout == "plain,explain\n"
