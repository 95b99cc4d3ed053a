"""Targets: what makes a promoted model serve. One file a target, named as `modelgate.yaml` does.

A target moves one release in, waits until it serves, and asks it once. It decides nothing: whoever
calls it has verified the decision, and puts the release before back where this one fails.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from modelgate.errors import DeployError, ModelgateError, UsageError, did_you_mean
from modelgate.escape import printable, shown
from modelgate.kinds import Kind
from modelgate.plugins import found
from modelgate.release import Release

GROUP = "modelgate.targets"


class Target(ABC):
    """One place that serves.

    Attributes:
        name: the first key of its block, `target: {folder: deploy/churn}`.
        keys: its settings, that first key among them, and what each takes.
        needed: those that must be written.
        settings: those that are written, typed.
        root: the project's folder, which paths are relative to.
    """

    name: ClassVar[str]
    keys: ClassVar[Mapping[str, Kind]]
    needed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: Mapping[str, Any], root: Path) -> None:
        self.settings = settings
        self.root = root

    def prepare(self, release: Release) -> None:
        """All that can be done, and refused, before anything is moved; what serves goes on.

        Raises:
            DeployError: MG8001, it would not serve.
        """
        with self._told(release):
            self._prepare(release)

    def deploy(self, release: Release) -> None:
        """Make a release serve, in place of whatever did, and see that it answers.

        It may be called again with the same release, and after it was broken off anywhere.

        Raises:
            DeployError: MG8001, it does not serve; what served before may or may not still do so.
        """
        with self._told(release):
            self._deploy(release)

    def withdraw(self, name: str, alias: str) -> None:
        """Serve nothing under this alias: its first release failed, and there is none before it.

        Raises:
            DeployError: MG8002, it cannot be told to.
        """
        try:
            self._withdraw(name, alias)
        except Exception as error:
            why = error.message if isinstance(error, ModelgateError) else str(error)
            raise DeployError(
                "MG8002", f"{self} cannot be emptied again: {printable(why, 200)}"
            ) from error

    def _prepare(self, release: Release) -> None:  # noqa: B027 (few targets have anything to do)
        """As `prepare`; it may raise anything."""

    @abstractmethod
    def _deploy(self, release: Release) -> None:
        """As `deploy`; it may raise anything."""

    @abstractmethod
    def _withdraw(self, name: str, alias: str) -> None:
        """As `withdraw`; it may raise anything."""

    def __str__(self) -> str:
        """As people are told: "the target folder 'deploy/churn'"."""
        return f"the target {self.name} {shown(str(self.settings[self.name]), 80)}"

    @contextmanager
    def _told(self, release: Release) -> Iterator[None]:
        """Whatever went wrong, as one of ours."""
        try:
            yield
        except ModelgateError as error:
            place = "" if error.where is None else f"{error.where}: "
            raise self._failed(release, f"{place}{error.message}", error.hint) from error
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise self._failed(release, why, None) from error

    def _failed(self, release: Release, why: str, hint: str | None) -> DeployError:
        return DeployError(
            "MG8001", f"{self} does not serve {release}: {printable(why, 200)}", hint=hint
        )


def targets() -> Mapping[str, type[Target]]:
    """Name -> class of every target there is, our own first."""
    return {
        kind.name: kind
        for plugin in found(__name__, group=GROUP)
        for kind in plugin.classes(Target)  # type: ignore[type-abstract]
    }


def target_class(name: str) -> type[Target]:
    """The target of that name.

    Raises:
        UsageError: MG2410, there is none.
    """
    known = targets()
    if name not in known:
        raise UsageError(
            "MG2410", f"no target is called {shown(name)}; {did_you_mean(name, known)}"
        )
    return known[name]
