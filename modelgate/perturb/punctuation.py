"""Full stops that come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from modelgate.perturb import perturbation

ENDS = ".!?…。！？"  # noqa: RUF001 (full-width ones end sentences too)
MARKS = str.maketrans("", "", '!"(),.:;?[]{}…–—‘“”«»¡¿。，、！？：；（）「」')  # noqa: RUF001


@perturbation(of="text")
def punctuation(texts: Sequence[str], *, what: Literal["end", "all"] = "end") -> list[str]:
    """The full stop at the end of each text goes, or comes where there was none.

    A good model answers as before. A text of nothing else stays as it is.

    Settings: what, the end of the text, or all its punctuation: that goes, apostrophes, hyphens
        and symbols apart.
    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL, https://aclanthology.org/2020.acl-main.442/
    """
    if what == "end":
        return [_ended(text) for text in texts]
    return [_kept(text.translate(MARKS), text) for text in texts]


def _ended(text: str) -> str:
    written = text.rstrip()
    bare = written.rstrip(ENDS)
    return _kept(bare if bare != written else written + ".", text)


def _kept(changed: str, text: str) -> str:
    """The changed text, if it still holds anything but punctuation."""
    return changed if changed.strip(f"{ENDS} \t\n") else text
