"""One way to find the files of a seam: the modules of its folder, then what is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar

from modelgate.errors import UsageError

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One implementation of a seam, not imported yet.

    Attributes:
        name: the module's stem, or the entry point's name.
        origin: "modelgate", or the distribution that brought it.
        bring: imports it; gives a module or a class.
    """

    name: str
    origin: str
    bring: Callable[[], Any]

    def classes(self, kind: type[Kind]) -> tuple[type[Kind], ...]:
        """The concrete classes of `kind` that it defines.

        A module of the seam's own folder may define none: it serves the others.

        Raises:
            UsageError: MG2250, it cannot be imported, or it was installed and offers no `kind`.
        """
        try:
            brought = self.bring()
        except Exception as error:
            raise self._broken(f"{type(error).__name__}: {error}") from error
        offered = vars(brought).values() if isinstance(brought, ModuleType) else (brought,)
        home = brought.__name__ if isinstance(brought, ModuleType) else None
        mine = tuple(
            one
            for one in offered
            if isinstance(one, type)
            and issubclass(one, kind)
            and not getattr(one, "__abstractmethods__", None)
            and (home is None or one.__module__ == home)
        )
        if not mine and self.origin != "modelgate":
            raise self._broken(f"it offers no {kind.__name__}")
        return mine

    def _broken(self, why: str) -> UsageError:
        line = " ".join(why.split())[:200]
        return UsageError(
            "MG2250",
            f"plugin {self.name!r} of {self.origin} cannot be used: {line}",
            hint=f"repair or uninstall {self.origin}",
        )


def found(package: str, *, group: str) -> Iterator[Plugin]:
    """The plugins of a seam: the package's own modules by name, then the entry points of `group`.

    Own ones come first, so that an installed one can add a kind but never take the place of one;
    who stops early never pays for looking through what is installed.

    Args:
        package: the dotted name of the seam's folder, such as "modelgate.sources".
        group: the entry points' group, such as "modelgate.sources".

    Raises:
        UsageError: MG2251, an entry point bears the name of another plugin.
    """
    taken: dict[str, str] = {}
    for module in sorted(iter_modules(import_module(package).__path__), key=lambda m: m.name):
        full = f"{package}.{module.name}"
        taken[module.name] = "modelgate"
        yield Plugin(module.name, "modelgate", partial(import_module, full))

    from importlib.metadata import entry_points  # 30 ms, which early stoppers need not pay

    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        origin = point.dist.name if point.dist else point.value
        if point.name in taken:
            raise UsageError(
                "MG2251",
                f"{origin} and {taken[point.name]} both bring a plugin {point.name!r} of {group}",
                hint=f"uninstall {origin}, or have its plugin renamed",
            )
        taken[point.name] = origin
        yield Plugin(point.name, origin, point.load)
