"""A first project: modelgate.yaml and a suite, with limits from a model that is known to be good.

What is drafted is tried out on that model before it is written: it has to promote it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelgate.atomic import write_file
from modelgate.drafting import skeleton
from modelgate.drafting.measured import measured, relative
from modelgate.errors import StorageError, UsageError
from modelgate.escape import printable
from modelgate.evaluation import COLUMNS, evaluate
from modelgate.options import Options
from modelgate.project import FILE
from modelgate.report import Report
from modelgate.yaml_file.written import as_yaml

NAMED = "model"
"""What a suite is called where no model names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was drafted.

    Attributes:
        files: path, relative to the folder -> text.
        taken: what was taken for what, in sentences.
        report: of the model, by the drafted suite; None without labelled rows.
    """

    files: Mapping[str, str]
    taken: Sequence[str] = ()
    report: Report | None = None

    @property
    def suite(self) -> str:
        """The path of the drafted suite."""
        return next(path for path in self.files if path != FILE)


def draft(
    model: str | None = None,
    *,
    data: str | None = None,
    target: str | None = None,
    reference: str | None = None,
    folder: Path | None = None,
    options: Options | None = None,
) -> Draft:
    """Draft a project for a folder, and write it.

    Args:
        model: known to be good: an ONNX file, or columns:NAME. Without it a commented skeleton is
            written.
        data: labelled rows.
        target: their column of right answers, where it cannot be found out.
        reference: the rows that the model was trained on.
        folder: where to; the current one where None.
        options: how the model is run.

    Returns:
        What was written.

    Raises:
        UsageError: MG2060 one of the files is there already, MG2061 data without a model; then, and
            whatever else is raised, nothing was written.
        StorageError: MG6050, the files cannot be written.
    """
    folder = folder or Path()
    if model is None and any(one is not None for one in (data, target, reference)):
        raise UsageError(
            "MG2061",
            "data is named, but no model to draft limits from",
            hint="name it first: modelgate init MODEL --data FILE --target COLUMN",
        )
    if data is None and reference is not None:
        raise UsageError(
            "MG2061",
            "the reference is named, but no rows to hold to it",
            hint="name labelled rows that the model did not learn from: --data FILE",
        )
    suite = f"suites/{_name(model)}.yaml"
    _refuse_overwriting(folder, (FILE, suite))
    title = as_yaml(folder.resolve().name or "Models")
    project = skeleton.PROJECT.format(title=title, suite=as_yaml(suite))
    taken: Sequence[str] = ()
    report, texts = None, {Path(suite).name: skeleton.SUITE}
    if model is not None and data is not None:
        options = options or Options()
        texts, taken, report = measured(
            model, data, target, reference, path=folder / suite, options=options
        )
    elif model is not None:
        report = evaluate(model, suite="smoke", options=options)
        texts = {Path(suite).name: skeleton.named(relative(model, folder / suite))}
    files = {FILE: project, **{f"suites/{name}": text for name, text in texts.items()}}
    _refuse_overwriting(folder, tuple(files))
    found = Draft(files=files, taken=taken, report=report)
    _write(folder, found.files)
    return found


def _name(model: str | None) -> str:
    """A file's name, of the letters that every system takes."""
    if model is None or model.startswith(COLUMNS):
        return NAMED
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(model).stem).strip("-")[:60] or NAMED


def _refuse_overwriting(folder: Path, files: Sequence[str]) -> None:
    there = [file for file in files if os.path.lexists(folder / file)]
    if (folder / "suites").exists() and not (folder / "suites").is_dir():
        there.append("suites")
    if there:
        raise UsageError(
            "MG2060",
            f"{printable(' and '.join(there), 120)} {'is' if len(there) == 1 else 'are'} there"
            " already; nothing was written",
            hint="move it away, or draft in another folder: init overwrites nothing",
        )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """All of them, or none."""
    written: list[Path] = []
    made = not (folder / "suites").exists()
    try:
        (folder / "suites").mkdir(exist_ok=True)
        for name, text in files.items():
            write_file(folder / name, text.encode())
            written.append(folder / name)
    except (OSError, StorageError) as error:
        with suppress(OSError):
            for path in written:
                path.unlink()
            if made:
                (folder / "suites").rmdir()
        if isinstance(error, StorageError):
            raise
        raise StorageError(
            "MG6050",
            f"cannot write into {printable(folder, 60)}: {error.strerror or error}",
            hint="choose a folder that exists, can be written and has room",
        ) from error
