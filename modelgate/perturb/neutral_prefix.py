"""A sentence before that says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import Dice
from modelgate.perturb.material.words import words


@perturbation(of="text")
def neutral_prefix(
    texts: Sequence[str], *, seed: int, severity: int = 1, text: str | None = None
) -> list[str]:
    """An English sentence that says nothing is put before each text.

    A good model answers as before: it reads more than the first words. An empty text stays as it
    is.

    Severity: that many sentences.
    Settings: text, what is put there instead, such as a salutation or the head of a letter.
    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL, https://aclanthology.org/2020.acl-main.442/
    """
    if text is not None and not text.strip():
        raise SettingError("'text' holds nothing but space")
    sentences = words("neutral")["opening"]

    def longer(before: str) -> str:
        if not before.strip():
            return before
        drawn = [text] if text else Dice(seed, before).some(sentences, severity)
        return " ".join([*drawn, before])

    return [longer(before) for before in texts]
