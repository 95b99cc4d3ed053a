"""A program of one's own that makes a release serve: words, never a line for a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, ClassVar

from modelgate.errors import ServiceError
from modelgate.escape import printable, shown
from modelgate.kinds import Kind
from modelgate.kinds.composed import Many
from modelgate.kinds.single import Number, Text
from modelgate.release import Release
from modelgate.targets import Target

SECONDS = 600.0
"""That it is given where the project says nothing."""
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""Of the environment; secrets are the program's own business."""
TAIL = 4096
WORDS = Many(Text(), fewest=1)


class Command(Target):
    """A program of your own, and one that looks whether it worked: {command: [./deploy.sh]}."""

    name: ClassVar[str] = "command"
    keys: ClassVar[Mapping[str, Kind]] = {
        "command": WORDS,
        "smoke": WORDS,
        "withdraw": WORDS,
        "seconds": Number(0.1, 86400),
    }

    def __str__(self) -> str:
        """As people are told."""
        return f"the target command {shown(' '.join(self.settings[self.name]), 80)}"

    def _deploy(self, release: Release) -> None:
        about = {
            "NAME": release.name,
            "VERSION": str(release.number),
            "ALIAS": release.alias,
            "DIGEST": release.digest,
            "DECISION": release.decision,
            "FOLDER": str(release.folder),
            "MODEL": str(release.model),
        }
        self._run(self.settings[self.name], about)
        if smoke := self.settings.get("smoke"):
            self._run(smoke, about)

    def _withdraw(self, name: str, alias: str) -> None:
        if words := self.settings.get("withdraw"):
            self._run(words, {"NAME": name, "ALIAS": alias})

    def _run(self, words: Sequence[str], about: Mapping[str, str]) -> None:
        """Run one to its end, with all that it started.

        Raises:
            ServiceError: MG7220, it cannot be started; MG7221, it took too long; MG7222, it ended
                with another exit code than 0.
        """
        seconds = float(self.settings.get("seconds") or SECONDS)
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {f"MODELGATE_{key}": value for key, value in about.items()}
        called = shown(words[0], 60)
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603 (the project names it, as words)
                    list(words),
                    cwd=self.root,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
            except OSError as error:
                raise ServiceError(
                    "MG7220", f"{called} cannot be started: {error.strerror or error}"
                ) from error
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                raise ServiceError("MG7221", f"{called} took longer than {seconds:g} s") from None
            finally:
                _end(process)
            if code:
                ended = f"ended with {code}" if code > 0 else f"was killed by {_signal(-code)}"
                raise ServiceError("MG7222", f"{called} {ended}: {_last_line(said)}")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """All that it started ends with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL))
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return printable(lines[-1], 200) if lines else "it said nothing"
