"""Not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from modelgate.perturb import perturbation
from modelgate.perturb.material.words import like, straight, words


@perturbation(of="text")
def negation(texts: Sequence[str]) -> list[str]:
    """The first English statement that can be is negated; one that is negated already no longer is.

    "It is good" becomes "It is not good", "I don't like it" becomes "I do like it", "I love it"
    becomes "I do not love it". What a text says is turned round, so a good model of opinions moves:
    ask with `direction`, or with `invariance` where the answer should not depend on it. Questions,
    and texts without such a verb, stay as they are.

    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL, https://aclanthology.org/2020.acl-main.442/
    """
    return [_negation().sub(_turned, text, count=1) for text in texts]


def _turned(found: re.Match[str]) -> str:
    joined, auxiliary, verb, short = found.group("joined", "auxiliary", "verb", "short")
    if found["question"]:
        return found[0]
    if short:
        plain = words("negation")["shortened"].get(straight(short.lower()))
        return like(short, plain) if plain else short[:-3]
    if verb:
        return f"{like(verb, 'do not')} {verb}" if verb.isupper() else f"do not {verb}"
    if joined and found["joined_not"] and found.string[found.end() : found.end() + 1] != " ":
        return found[0]  # "I'm not." says what "I'm." does not
    if joined:
        return joined if found["joined_not"] else f"{joined} not"
    return auxiliary if found["auxiliary_not"] else f"{auxiliary} {like(auxiliary, 'not')}"


@cache
def _negation() -> re.Pattern[str]:
    """A statement's verb: it follows a word, and before a person it would be a question."""
    lists = words("negation")
    auxiliaries, verbs = "|".join(lists["auxiliaries"]), "|".join(lists["verbs"])
    shortened = "|".join([*lists["shortened"], rf"(?:{auxiliaries})n't"])
    no = r"(?! (?:no|never|nothing|nobody)\b)"  # negated in another way
    kinds = (
        rf"\b(?P<question>(?:{auxiliaries}) (?:i|you|he|she|it|we|they))\b",
        rf"\b(?P<joined>{'|'.join(lists['joined'])})(?P<joined_not> not)?\b",
        rf"(?<=[\w,;:] )(?P<short>{shortened})\b",
        rf"(?<=[\w,;:] )(?P<auxiliary>{auxiliaries})(?P<auxiliary_not> not)?\b{no}",
        rf"(?:(?<=\bi )|(?<=\bwe )|(?<=\byou )|(?<=\bthey ))(?P<verb>{verbs})\b",
    )
    return re.compile("|".join(kinds).replace("'", r"['\u2019]"), re.IGNORECASE)
