"""Texts that break off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from modelgate.perturb import SettingError, perturbation

WORD = re.compile(r"\S+")
KEPT = (0.9, 0.75, 0.6, 0.45, 0.3)


@perturbation(of="text")
def truncation(
    texts: Sequence[str],
    *,
    severity: int = 1,
    keep: float | None = None,
    lost: Literal["end", "start"] = "end",
) -> list[str]:
    """Each text breaks off before its end, between two words.

    Messages are cut by senders, systems and tokenizers. How much a good model needs is what one
    wants to know; one that answers the same of the first words alone may read no others. At least
    one word goes and one stays; a text of one word stays as it is.

    Severity: 90, 75, 60, 45 or 30 % of the words are left.
    Settings: keep, the share that is left in place of the severity's. lost, which end is lost.
    """
    if keep is not None and not 0 < keep < 1:
        raise SettingError("'keep' lies between 0 and 1")
    share = KEPT[severity - 1] if keep is None else keep
    return [_cut(text, share, lost) for text in texts]


def _cut(text: str, share: float, lost: str) -> str:
    spans = [word.span() for word in WORD.finditer(text)]
    if len(spans) < 2:
        return text
    left = min(len(spans) - 1, max(1, round(share * len(spans))))
    return text[: spans[left - 1][1]] if lost == "end" else text[spans[-left][0] :]
