"""What each perturbation of texts makes of a sentence, and what it leaves as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelgate.perturb import named
from modelgate.perturb.material.people import bearers
from modelgate.perturb.material.words import words


def changed(name: str, before: str, /, seed: int = 1, **settings: Any) -> str:
    (after,) = named(name)([before], seed=seed, **settings)
    assert isinstance(after, str)
    return after


@pytest.mark.parametrize(
    ("name", "settings", "before", "after"),
    [
        ("accents", {}, "Café Ångström, naïve ßtraße", "Cafe Angstrom, naive sstrasse"),
        ("accents", {}, "Ærø łódź e\u0301", "AEro lodz e"),
        ("case", {}, "The CAT's HAT", "the cat's hat"),
        ("case", {"to": "upper"}, "The cat's hat", "THE CAT'S HAT"),
        ("case", {"to": "title"}, "the cat's HAT", "The Cat's Hat"),
        ("case", {"to": "swapped"}, "The cat", "tHE CAT"),
        ("punctuation", {}, "It is good.", "It is good"),
        ("punctuation", {}, "It is good?! ", "It is good"),
        ("punctuation", {}, "It is good", "It is good."),
        ("punctuation", {"what": "all"}, "Well, (it's) a 5-star #1!", "Well it's a 5-star #1"),
        ("contractions", {}, "I don't know", "I do not know"),
        ("contractions", {}, "I do not know", "I don't know"),
        ("contractions", {}, "Don\u2019t go", "Do not go"),
        ("contractions", {}, "I CAN'T SAY", "I CANNOT SAY"),
        ("contractions", {}, "what do not we know", "what don't we know"),
        ("contractions", {}, "I am sure that it is here", "I'm sure that it's here"),
        ("contractions", {}, "he is here now", "he's here now"),
        ("contractions", {"to": "long"}, "it's what I do not like", "it is what I do not like"),
        ("contractions", {"to": "short"}, "it's what I do not like", "it's what I don't like"),
        ("negation", {}, "It is good.", "It is not good."),
        ("negation", {}, "It is not good.", "It is good."),
        ("negation", {}, "I don't like it", "I do like it"),
        ("negation", {}, "I won't go, I can't", "I will go, I can't"),
        ("negation", {}, "I love it", "I do not love it"),
        ("negation", {}, "WE LOVE IT", "WE DO NOT LOVE IT"),
        ("negation", {}, "I\u2019m happy", "I\u2019m not happy"),
        ("negation", {}, "I'm not happy", "I'm happy"),
        ("negation", {}, "The food WAS great", "The food WAS NOT great"),
        ("gender_swap", {}, "She told him: he's HER king", "He told her: she's HIS queen"),
        ("gender_swap", {}, "I saw her in her car with her.", "I saw him in his car with him."),
        ("gender_swap", {}, "My father's sister", "My mother's brother"),
        ("gender_swap", {}, "his is hers", "her is his"),
        ("gender_swap", {"names": False}, "Anna said he", "Anna said she"),
        ("truncation", {"keep": 0.5}, "one two three four", "one two"),
        ("truncation", {"keep": 0.5, "lost": "start"}, "one two three  four", "three  four"),
        ("truncation", {}, "one two", "one"),
        ("truncation", {"severity": 5}, "a b c d e f g h i j", "a b c"),
        ("neutral_suffix", {"text": "Yours, N."}, "Come soon!", "Come soon! Yours, N."),
        ("neutral_suffix", {"text": "Yours, N."}, "Come soon", "Come soon. Yours, N."),
    ],
)
def test_a_sentence_becomes_another(
    name: str, settings: dict[str, Any], before: str, after: str
) -> None:
    assert changed(name, before, **settings) == after


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("accents", "plain"),
        ("accents", "漢字 한글 हिन्दी ไทย"),
        ("case", "it's 5"),
        ("punctuation", "!!!"),
        ("punctuation", ""),
        ("contractions", "Yes, I am"),
        ("contractions", "my father's hat"),
        ("negation", "Is it good?"),
        ("negation", "What do you think?"),
        ("negation", "Great!"),
        ("negation", "You have no idea"),
        ("negation", "I'm not."),
        ("gender_swap", "They met the doctor; heather is there."),
        ("name_swap", "the rosa of the day, he said"),
        ("nationality_swap", "a polish for shoes"),
        ("number_swap", "no digit, ٣ and ² neither"),
        ("truncation", "one"),
        ("neutral_suffix", "  "),
        ("homoglyphs", "123 漢字"),
        ("ocr", "漢字 7"),
        ("typos", "123 !"),
        ("whitespace", " \n"),
    ],
)
def test_what_cannot_be_changed_stays(name: str, text: str) -> None:
    assert changed(name, text) == text


@pytest.mark.parametrize("seed", range(6))
def test_a_name_becomes_the_same_other_one_wherever_it_stands(seed: int) -> None:
    after = changed("name_swap", "Anna's friend ANNA met Peter.", seed=seed)
    first, _, second, _, third = after.rstrip(".").replace("'s", "").split()
    assert first.upper() == second
    assert first != "Anna"
    assert bearers()[first] == ("german", "female")
    assert bearers()[third] == ("english", "male")


def test_new_names_may_be_common_elsewhere() -> None:
    after = changed("name_swap", "Emily called.", origin="african_american")
    assert after.removesuffix(" called.") in words("names")["african_american"]["female"]


@pytest.mark.parametrize("seed", range(6))
def test_a_woman_becomes_a_man_of_the_same_place(seed: int) -> None:
    after = changed("gender_swap", "Fatima's here", seed=seed)
    assert bearers()[after.removesuffix("'s here")] == ("arabic", "male")


def test_sentences_of_a_man_become_those_of_a_woman_and_back(shared_data: Path) -> None:
    lines = (shared_data / "behavioural" / "winogender_all_sentences.tsv").read_text("utf-8")
    known = dict(line.split("\t") for line in lines.splitlines()[1:])
    men = [name for name in known if name.endswith(".male.txt")]
    women = [name.replace(".male.", ".female.") for name in men]
    assert len(men) == 240
    for ours, theirs in ((men, women), (women, men)):
        after = named("gender_swap")([known[name] for name in ours], seed=0)
        assert after == [known[name] for name in theirs]


@pytest.mark.parametrize("seed", range(20))
def test_a_number_keeps_its_length_and_becomes_another(seed: int) -> None:
    before = "Call 0800 on 7 or 1999"
    _, first, _, second, _, third = changed("number_swap", before, seed=seed).split()
    assert [len(first), len(second), len(third)] == [4, 1, 4]
    assert first[0] == "0"
    assert third[0] != "0"
    assert first != "0800"
    assert second != "7"
    assert third != "1999"


@pytest.mark.parametrize("seed", range(6))
def test_a_nationality_becomes_one_of_the_same_form(seed: int) -> None:
    after = changed("nationality_swap", "Germans like French food in Kenya", seed=seed)
    plural, _, adjective, _, _, country = after.split()
    lists = words("nationality")
    assert plural in lists["plurals"]
    assert adjective in lists["adjectives"]
    assert country in lists["countries"]
    assert not {plural, adjective, country} & {"Germans", "French", "Kenya"}


def test_a_slip_is_a_letter_more_or_less_or_another_or_two_swapped() -> None:
    before = "the quick brown fox"
    found = {changed("typos", before, seed=seed) for seed in range(200)}
    assert before not in found
    lengths = {len(after) for after in found}
    assert lengths == {len(before) - 1, len(before), len(before) + 1}
    assert any(sorted(after) == sorted(before) for after in found)


def test_lookalikes_are_of_the_same_length_and_of_other_scripts() -> None:
    before = "see the same letters"
    after = changed("homoglyphs", before, severity=5)
    differ = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    assert len(differ) == 5
    assert all(words("homoglyphs")[was] == now and ord(now) > 255 for was, now in differ)


def test_a_scanner_reads_shapes() -> None:
    found = {changed("ocr", "modern", seed=seed) for seed in range(60)}
    assert {"rnodern", "modem", "m0dern"} <= found


def test_more_space_is_still_only_space() -> None:
    before = "one two three four five six"
    after = changed("whitespace", before, severity=5)
    assert after.split() == before.split()
    assert len(after) > len(before) or after != before


def test_sentences_that_say_nothing_are_all_different() -> None:
    after = changed("neutral_suffix", "Hello.", severity=5)
    added = after.removeprefix("Hello. ")
    assert sum(sentence in added for sentence in words("neutral")["english"]) == 5


@pytest.mark.parametrize(
    "name", ["typos", "ocr", "homoglyphs", "whitespace", "gender_swap", "negation", "case"]
)
def test_half_a_character_is_no_trouble(name: str) -> None:
    assert isinstance(changed(name, "he is \ud800 here \udfff"), str)


def test_the_lists_of_words_have_no_word_twice() -> None:
    for names in words("names").values():
        for one in names.values():
            assert len(set(one)) == len(one)
    for one in words("nationality").values():
        assert len(set(one)) == len(one)
    pairs = words("gender")["pairs"]
    assert not set(pairs) & set(pairs.values())
