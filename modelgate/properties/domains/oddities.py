"""Strange texts, out of `oddities.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from modelgate.yaml_file import read_yaml


@dataclass(frozen=True, slots=True)
class Oddities:
    """Strange texts.

    Attributes:
        texts: whole ones, and to stand among the words of others.
        categories: words for columns that hold one word a row.
    """

    texts: tuple[str, ...]
    categories: tuple[str, ...]


@cache
def oddities() -> Oddities:
    """All that the file holds."""
    file = files(__package__).joinpath("oddities.yaml")
    plain = read_yaml(file.read_bytes(), file=file.name).plain
    return Oddities(tuple(plain["texts"]), tuple(plain["categories"]))
