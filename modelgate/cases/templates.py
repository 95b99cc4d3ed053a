"""Templates: sentences with slots, filled with words of lexicons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from modelgate.cases import Case, Filled, Input
from modelgate.cases.lexicons import Lexicons
from modelgate.cases.written import is_answer
from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown
from modelgate.perturb.material.dice import Dice

SLOT = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
MOST = 100
"""Cases of one template, where it does not say."""
MOST_OF_ANY = 10_000
MOST_ALIKE = 10
"""Words of the slot that must not matter, in one case."""
LISTED = 1 << 16
"""Up to so many fillings are drawn from the list of all of them."""

Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Slots:
    """What may fill each slot.

    Attributes:
        words: slot -> its words; two slots with the same ones never hold the same word.
        answers: slot -> word -> the right answers; of one slot at most.
        vary: the slot whose word must not matter.
    """

    words: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Mapping[str, tuple[Any, ...]]]
    vary: str | None

    @property
    def fixed(self) -> tuple[str, ...]:
        """The slots that one case holds one word of."""
        return tuple(slot for slot in self.words if slot != self.vary)

    @property
    def sizes(self) -> list[int]:
        """Words that are left for each of them, in turn."""
        lists = [self.words[slot] for slot in self.fixed]
        return [len(words) - lists[:place].count(words) for place, words in enumerate(lists)]

    def filling(self, number: int) -> Words:
        """The words of one filling, by its number among all of them."""
        found: Words = {}
        for slot, size in zip(self.fixed, self.sizes, strict=True):
            number, place = divmod(number, size)
            found[slot] = self.free(slot, found)[place]
        return found

    def free(self, slot: str, filled: Words) -> list[str]:
        """The words of a slot that no other one with the same words holds."""
        mine = self.words[slot]
        used = {word for other, word in filled.items() if self.words[other] == mine}
        return [word for word in mine if word not in used]


def filled(
    case: Case, told: Mapping[str, Any], lexicons: Lexicons, *, seed: int
) -> tuple[list[Case], Filled]:
    """The cases of one template: all of its fillings, or as many of them as it may have.

    Args:
        case: as it is written, with slots in its inputs.
        told: what is written: `template`, perhaps `expect` by slot, `words`, `vary`, `most`.
        lexicons: that it may name.
        seed: of the draw, 0 or more.

    Raises:
        UsageError: MG2147, a slot that nothing fills; MG2148, too few words; MG2149, what is
            written beside the template does not fit it.
    """
    slots = _slots(case, told, lexicons)
    most = _most(told)
    of = prod(slots.sizes) if min(slots.sizes, default=1) > 0 else 0
    dice = Dice(seed, repr(case.input))
    found: list[Case] = []
    for number in _drawn(of, min(of, most), dice):
        words = slots.filling(number)
        found += _made(case, slots, words, dice)
    if not found:
        raise UsageError("MG2148", "a lexicon has too few words for the slots that it fills")
    text = case.input if isinstance(case.input, str) else repr(case.input)
    return found, Filled(template=text, cases=len(found), of=of, where=case.where)


def _most(told: Mapping[str, Any]) -> int:
    most = told.get("most", MOST)
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST_OF_ANY:
        raise UsageError("MG2149", f"`most` is a whole number, 1 to {MOST_OF_ANY:,}")
    return most


def _drawn(of: int, count: int, dice: Dice) -> Sequence[int]:
    """Different numbers below `of`, in order."""
    if count == of:
        return range(of)
    if of <= LISTED:
        return sorted(dice.some(range(of), count))
    found: set[int] = set()
    while len(found) < count:  # there are many more numbers than draws
        number = 0
        for _ in range(1 + of.bit_length() // 31):
            number = (number << 31) | dice.below(1 << 31)
        found.add(number % of)
    return sorted(found)


def _made(case: Case, slots: _Slots, words: Words, dice: Dice) -> list[Case]:
    """The case of one filling; none where all words of the slot that varies are taken."""
    expect = case.expect
    for slot, answers in slots.answers.items():
        expect = answers[words[slot]]
    if slots.vary is None:
        inputs = [_filled(one, words) for one in case.inputs]
    else:
        varied = dice.some(slots.free(slots.vary, words), MOST_ALIKE)
        inputs = [_filled(case.input, {**words, slots.vary: word}) for word in varied]
    if len(inputs) < 1 + (slots.vary is not None):
        return []
    return [replace(case, input=inputs[0], others=tuple(inputs[1:]), expect=expect)]


def _slots(case: Case, told: Mapping[str, Any], lexicons: Lexicons) -> _Slots:
    names = list(dict.fromkeys(name for one in case.inputs for name in _named(one)))
    if not names:
        message = "the template has no slot: write it as `input`, or {NAME} where a word belongs"
        raise UsageError("MG2149", message)
    vary = told.get("vary")
    by_slot = told.get("expect") if isinstance(told.get("expect"), dict) else None
    given = told.get("words", {})
    if not isinstance(given, dict) or not all(map(_is_list, given.values())):
        raise UsageError("MG2149", "`words` is {SLOT: [WORD, ...]}")
    answers = {slot: _answers(slot, table) for slot, table in (by_slot or {}).items()}
    if len(answers) != (by_slot is not None):
        raise UsageError("MG2149", "`expect` hangs on one slot: write {SLOT: {WORD: ANSWER}}")
    for slot in (*answers, *given, *([] if vary is None else [vary])):
        if slot not in names and not any(slot == _list_of(name) for name in names):
            near = did_you_mean(str(slot), names)
            raise UsageError("MG2147", f"the template has no slot {shown(slot)}; {near}")
    if vary in answers:
        raise UsageError("MG2149", f"{shown(vary)} cannot vary and decide what is expected")
    words = {name: _words(name, given, answers, lexicons) for name in names}
    for slot, table in answers.items():
        if absent := [word for word in words[slot] if word not in table]:
            raise UsageError("MG2149", f"`expect` says nothing of {shown(absent[0])} in {slot!r}")
    return _Slots(words, answers, vary)


def _words(
    name: str,
    given: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]],
    lexicons: Lexicons,
) -> tuple[str, ...]:
    """What may fill a slot: the template's own words, else those of the list of its name."""
    for key in (name, _list_of(name)):
        if key in given:
            return tuple(dict.fromkeys(given[key]))
    if name in answers:
        return tuple(answers[name])
    return lexicons.words(_list_of(name))


def _answers(slot: str, table: Any) -> dict[str, tuple[Any, ...]]:
    """Word -> the right answers, of one slot."""
    found = {}
    for word, answer in table.items() if isinstance(table, dict) else ():
        several = answer if isinstance(answer, list) else [answer]
        if several and all(map(is_answer, several)):
            found[str(word)] = tuple(several)
    if not found or len(found) < len(table):
        raise UsageError("MG2149", f"`expect` is {{{slot}: {{WORD: ANSWER, ...}}}}")
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _list_of(slot: str) -> str:
    """The list that fills a slot: of its name, without a number behind it."""
    return slot.rstrip("0123456789").rstrip("_") or slot


def _named(given: Input) -> list[str]:
    """The slots of an input."""
    texts = [given] if isinstance(given, str) else [v for v in given.values() if isinstance(v, str)]
    found = []
    for text in texts:
        for match in SLOT.finditer(text):
            if match[0] in {"{{", "}}"}:
                continue
            if match[1] is None or not NAME.fullmatch(match[1]):
                message = f"{shown(match[0])} is no slot: write {{name}}, or {{{{ for a bracket"
                raise UsageError("MG2147", message)
            found.append(match[1])
    return found


def _filled(given: Input, words: Words) -> Input:
    if isinstance(given, str):
        return _put(given, words)
    return {k: _put(v, words) if isinstance(v, str) else v for k, v in given.items()}


def _put(text: str, words: Words) -> str:
    one: Callable[[re.Match[str]], str] = lambda at: words[at[1]] if at[1] else at[0][0]  # noqa: E731
    return SLOT.sub(one, text)
