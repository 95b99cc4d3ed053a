"""Do not, don't."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from modelgate.perturb import perturbation
from modelgate.perturb.material.words import like, straight, words

SHORT = re.compile(r"\b[a-z]+['\u2019](?:t|m|re|ve|s|ll)\b", re.IGNORECASE)
# A last word is not shortened: nobody ends on "Yes, I'm".
LONG = re.compile(
    r"\b(?:cannot|[a-z]+ (?:not|am|are|is|us|have|will|would))\b(?=\s+\w)", re.IGNORECASE
)


@perturbation(of="text")
def contractions(
    texts: Sequence[str], *, to: Literal["either", "long", "short"] = "either"
) -> list[str]:
    """English contractions are written out, or where there are none, long forms are contracted.

    "don't" and "do not" mean the same, and a good model takes them so. A text with neither stays
    as it is; short forms of several meanings, such as "he's", are not written out.

    Settings: to, the long forms alone, the short ones alone, or either.
    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL, https://aclanthology.org/2020.acl-main.442/
    """
    return [_changed(text, to) for text in texts]


def _changed(text: str, to: str) -> str:
    changed = text if to == "short" else SHORT.sub(_long, text)
    return LONG.sub(_short, text) if changed == text and to != "long" else changed


def _long(found: re.Match[str]) -> str:
    written = found[0]
    form = _long_forms().get(straight(written.lower()))
    return written if form is None else _like(written, form)


def _short(found: re.Match[str]) -> str:
    written = found[0]
    lists = words("contractions")
    form = lists["both"].get(written.lower()) or lists["short"].get(written.lower())
    return written if form is None else _like(written, form)


@cache
def _long_forms() -> dict[str, str]:
    return {short: long for long, short in reversed(words("contractions")["both"].items())}


def _like(written: str, form: str) -> str:
    """With the capitals of what was written; "I" is always one."""
    if form.startswith(("i ", "i'")):
        form = "I" + form[1:]
    return like(written, form)
