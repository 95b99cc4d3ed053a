"""What each error code means: `modelgate/codes/*.yaml`, one file an area."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from modelgate.yaml_file import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is said of one code, each in a sentence or a few.

    Attributes:
        code: "MG" and four digits.
        title: what is wrong.
        cause: how it comes about.
        mend: what to do.
    """

    code: str
    title: str
    cause: str
    mend: str


def explanations() -> dict[str, Explanation]:
    """All codes, in their order."""
    found: dict[str, Explanation] = {}
    for file in files("modelgate").joinpath("codes").iterdir():
        if file.name.endswith(".yaml"):
            for code, said in read_yaml(file.read_bytes(), file=file.name).plain.items():
                found[code] = Explanation(code=code, **said)
    return dict(sorted(found.items()))
