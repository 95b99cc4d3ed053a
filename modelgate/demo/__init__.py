"""Nine small real models with their data and suites, to see the gate at work.

Six were trained by `train.py` on tumours that a pathologist had labelled. They differ as models do
in life: the one that serves, one as good, a better one, one that cannot be told from it, one that
is worse, and one whose training code had two columns swapped.

Three were trained by `train_topics.py` on sentences: one is better than the one that serves by all
numbers, and misreads a sentence that nobody would misread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from modelgate.atomic import write_file
from modelgate.errors import ModelgateError, StorageError, UsageError
from modelgate.escape import printable

if TYPE_CHECKING:
    from modelgate.report import Decision, Report

MARK = ".modelgate-demo"
"""The file that says that a folder is a demo, and so may be completed and used again."""
SUITE = "suites/demo.yaml"
TOPICS_SUITE = "suites/topics.yaml"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model of the demo.

    Attributes:
        path: inside the demo's folder.
        story: what it is, in a few words.
        decision: what the gate says of it, as long as nobody changes the files.
        suite: what it is asked, inside the demo's folder.
    """

    path: str
    story: str
    decision: Decision
    suite: str = SUITE


TUMOURS = (
    Candidate("models/champion.onnx", "serves today", "promote"),
    Candidate("models/equal.onnx", "trained again, on other rows of the same kind", "promote"),
    Candidate("models/better.onnx", "follows the rows more closely", "promote"),
    Candidate("models/fewer.onnx", "looks at twenty measurements of thirty", "hold"),
    Candidate("models/worse.onnx", "looks at ten", "block"),
    Candidate("models/swapped.onnx", "two columns were swapped in training", "block"),
)
TOPICS = (
    Candidate("topics/champion.onnx", "serves today", "promote", TOPICS_SUITE),
    Candidate("topics/street.onnx", "has also read about street style", "block", TOPICS_SUITE),
    Candidate("topics/mended.onnx", "has met cats there too", "promote", TOPICS_SUITE),
)
CANDIDATES = (*TUMOURS, *TOPICS)


def write(folder: Path) -> tuple[Path, ...]:
    """Write models, rows, suite and project file into a folder; overwrite nothing.

    Args:
        folder: new, empty, or a demo already: then what is missing is written.

    Returns:
        The files written, in the order of their names.

    Raises:
        UsageError: MG2058, there is something else in the folder, or it is a file.
        StorageError: MG6050, it cannot be written.
    """
    shown = printable(folder, 60)
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError("MG2058", f"{shown} is a file; name a folder for the demo")
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
            raise UsageError(
                "MG2058",
                f"{shown} is not empty, and it is no demo",
                hint="name another folder: modelgate demo DIR",
            )
        written = []
        for name, content in _shipped():
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, content)
                written.append(path)
    except OSError as error:
        raise StorageError(
            "MG6050",
            f"cannot write the demo into {shown}: {error.strerror or error}",
            hint="choose a folder that can be written and has room",
        ) from error
    return tuple(written)


def gate(folder: Path, *, threads: int = 1) -> Iterator[tuple[Candidate, Report]]:
    """Put the models of a demo's folder on trial, one after the other.

    Raises:
        UsageError: MG2059, a verdict differs from the story since a file was changed.
        ModelgateError: MG7050, it differs although nothing was changed.
    """
    from modelgate.evaluation import evaluate

    for candidate in CANDIDATES:
        suite = str(folder / candidate.suite)
        report = evaluate(str(folder / candidate.path), suite=suite, threads=threads)
        if report.verdict.decision != candidate.decision:
            raise _another_end(folder, candidate, report)
        yield candidate, report


def _another_end(folder: Path, candidate: Candidate, report: Report) -> ModelgateError:
    said = f"{candidate.path} was to be {candidate.decision!r}, but is {report.verdict.decision!r}"
    changed = [name for name, content in _shipped() if (folder / name).read_bytes() != content]
    if changed:
        return UsageError(
            "MG2059",
            f"{said}: {changed[0]} was changed since the demo was written",
            hint=f"see why: modelgate check {candidate.path} --suite {candidate.suite}; or name a"
            " new folder",
        )
    return ModelgateError("MG7050", f"{said}; this is a bug in modelgate")


def _shipped() -> Iterator[tuple[str, bytes]]:
    """The files of the package, by their path in the demo's folder; the mark comes first."""
    yield MARK, b"Written by `modelgate demo`. Remove the folder when you are done with it.\n"
    yield from _below(files("modelgate.demo") / "files", "")


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for part in sorted(folder.iterdir(), key=lambda part: part.name):
        if part.is_dir():
            yield from _below(part, f"{path}{part.name}/")
        else:
            yield f"{path}{part.name}", part.read_bytes()
