"""The checks, perturbations and suites there are: found by path, built-in ones like anybody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from modelgate.check_file import load_check, where_of
from modelgate.declare import Check
from modelgate.errors import MistakesError, UsageError, Where
from modelgate.escape import shown
from modelgate.perturb import Perturbation, Perturbations, perturbations
from modelgate.perturb_file import load_perturbation, place
from modelgate.provided import Examples
from modelgate.yaml_file import MOST_BYTES, read_yaml


def builtin_root() -> Path:
    """Where the built-in `checks/` and `suites/` stand: in the wheel, or in the repository."""
    package = Path(__file__).parent
    wheel = package / "_builtin"
    return wheel if wheel.is_dir() else package.parent


class Library(Mapping[str, Check]):
    """All checks by name, and the suites.

    Attributes:
        perturbations: name -> perturbation, the built-in ones and the roots' own.
        suites: name -> file; of two of one name, the later root's.
    """

    def __init__(self, *roots: Path) -> None:
        """Load `checks/*/*.py` and `perturb/*.py`, find `suites/*.yaml`, of every root once.

        Args:
            roots: folders that hold some of `checks/`, `perturb/` and `suites/`, or none; the
                built-in one first.

        Raises:
            MistakesError: everything that is wrong with the files of checks and perturbations.
        """
        self.suites: dict[str, Path] = {}
        self.perturbations: Mapping[str, Perturbation] = perturbations()
        self._own: dict[str, Perturbation] = {}
        self._checks: dict[str, Check] = {}
        mistakes: list[UsageError] = []
        for root in dict.fromkeys(root.resolve() for root in roots):
            for path in _files(root / "checks", "*.py"):
                self._refuse_misplaced(path, mistakes)
            for path in _files(root / "checks", "*/*.py"):
                self._take(path, mistakes)
            for path in _files(root / "perturb", "*.py"):
                self._take_perturbation(path, mistakes)
            for path in sorted((root / "suites").glob("*.yaml")):
                self.suites[path.stem] = path
        if mistakes:
            raise MistakesError(mistakes)

    def _refuse_misplaced(self, path: Path, mistakes: list[UsageError]) -> None:
        """A check beside the families would be found by nobody; other files may stand there."""
        if b"@check(" in path.read_bytes():
            message = "a check stands in the folder of its family, and this one in none"
            hint = f'move it: checks/FAMILY/{path.name}, with `family="FAMILY"` in it'
            mistakes.append(UsageError("MG2218", message, where=Where(str(path)), hint=hint))

    def _take(self, path: Path, mistakes: list[UsageError]) -> None:
        try:
            check = load_check(path)
        except MistakesError as error:
            mistakes.extend(error.mistakes)
            return
        first = self._checks.setdefault(check.name, check)
        if first is not check:
            message = f"a check is called {shown(check.name)} here and in {first.path}"
            where = where_of(check, path)
            mistakes.append(
                UsageError("MG2214", message, where=where, hint="rename one of the two")
            )

    def _take_perturbation(self, path: Path, mistakes: list[UsageError]) -> None:
        try:
            own = load_perturbation(path)
        except MistakesError as error:
            mistakes.extend(error.mistakes)
            return
        if own.name in self.perturbations:
            there = self.perturbations[own.name].path
            message = f"a perturbation is called {shown(own.name)} here and in {there}"
            mistakes.append(
                UsageError("MG2232", message, where=place(own, path), hint="rename one of the two")
            )
        else:
            self._own[own.name] = own
            self.perturbations = Perturbations(self._own)

    def __getitem__(self, name: str) -> Check:
        return self._checks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._checks)

    def __len__(self) -> int:
        return len(self._checks)


def _files(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder that have this pattern, `_private` ones left out."""
    found = (path.relative_to(folder) for path in folder.glob(pattern))
    shown_ones = (path for path in found if not any(part[0] in "._" for part in path.parts))
    return [folder / path for path in sorted(shown_ones)]


def examples_of(check: Check) -> Examples:
    """The hand-written data of a check: the YAML beside its file; empty where it asks for none.

    Raises:
        UsageError: MG2216, it asks for examples, and there are none, they cannot be read, or are
            no block of keys.
        MistakesError: the file is no YAML.
    """
    if Examples not in check.provided.values():
        return Examples()
    if check.path is None:
        raise UsageError("MG2216", f"{shown(check.name)} was loaded from no file: no examples")
    path = check.path.with_suffix(".yaml")
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"the examples of {shown(check.name)} cannot be read: {reason}"
        raise UsageError("MG2216", message, where=Where(str(path))) from error
    root = read_yaml(text, file=str(path))
    if not isinstance(root.value, dict):
        message = f"the examples of {shown(check.name)} are no block of keys but {root.says}"
        raise UsageError("MG2216", message, where=root.where)
    return Examples(root.plain)
