"""Templates: slots are filled from lexicons, counted, drawn by seed, and never more than asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelgate.cases import CaseFile, Cases
from modelgate.cases.lexicons import OWN, Lexicons
from modelgate.cases.reading import read_cases
from modelgate.errors import MistakesError


def read(folder: Path, case: str, *, seed: int = 0) -> Cases:
    path = folder / "all.yaml"
    path.write_text(f"- {{{case}}}\n")
    return read_cases(CaseFile(path), seed=seed)


MOODS = "expect: {mood: {happy: positive, sad: [negative, neutral]}}"


def test_a_slot_says_what_is_expected(tmp_path: Path) -> None:
    found = read(tmp_path, f"template: '{{who}} is {{mood}}', words: {{who: [Ann, Bob]}}, {MOODS}")
    assert [(case.input, case.expect) for case in found.cases] == [
        ("Ann is happy", ("positive",)),
        ("Bob is happy", ("positive",)),
        ("Ann is sad", ("negative", "neutral")),
        ("Bob is sad", ("negative", "neutral")),
    ]
    (filled,) = found.filled
    assert (filled.template, filled.cases, filled.of) == ("{who} is {mood}", 4, 4)
    assert str(filled.where) == f"{tmp_path / 'all.yaml'}:1:3"


def test_more_than_may_be_asked_are_drawn_by_seed(tmp_path: Path) -> None:
    case = (
        "template: '{first_name} saw {animal} in {city}', expect: yes, most: 50, capability: sight"
    )
    first, again, other = (read(tmp_path, case, seed=seed) for seed in (1, 1, 2))
    assert len(first) == len({one.input for one in first.cases}) == 50
    assert first.cases == again.cases != other.cases
    size = [len(Lexicons(tmp_path).words(name)) for name in ("first_name", "animal", "city")]
    assert first.filled[0].of == size[0] * size[1] * size[2]
    assert {one.capability for one in first.cases} == {"sight"}


def test_a_draw_from_more_than_can_be_listed(tmp_path: Path) -> None:
    slots = " ".join(f"{{city{number}}}" for number in range(30))
    found = read(tmp_path, f"template: '{slots}', expect: a, most: 20")
    texts = [str(one.input) for one in found.cases]
    assert len(set(texts)) == 20
    assert found.filled[0].of > 1e38
    assert all(len(set(find_cities(text))) == 30 for text in texts)


def find_cities(text: str) -> list[str]:
    return [city for city in Lexicons(Path()).words("city") if city in text]


def test_without_a_word_a_hundred_are_asked(tmp_path: Path) -> None:
    found = read(tmp_path, "template: '{first_name} likes {food}', expect: a")
    assert len(found) == 100


def test_slots_of_one_lexicon_hold_different_words(tmp_path: Path) -> None:
    found = read(tmp_path, "template: '{who} met {who2}', words: {who: [Ann, Bob, Cem]}, expect: a")
    assert sorted(str(one.input) for one in found.cases) == [
        "Ann met Bob",
        "Ann met Cem",
        "Bob met Ann",
        "Bob met Cem",
        "Cem met Ann",
        "Cem met Bob",
    ]


def test_a_slot_that_must_not_matter(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "template: '{who} is {mood}', vary: who, words: {who: [Ann, Bob, Cem], mood: [sad, glad]}",
    )
    assert [case.kind for case in found.cases] == ["INV", "INV"]
    assert [set(case.inputs) for case in found.cases] == [
        {f"{who} is {mood}" for who in ("Ann", "Bob", "Cem")} for mood in ("sad", "glad")
    ]


def test_at_most_ten_words_of_it(tmp_path: Path) -> None:
    found = read(tmp_path, "template: '{first_name} is late', vary: first_name")
    (case,) = found.cases
    assert len(set(case.inputs)) == 10


def test_templates_of_a_direction_share_their_words(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "template: '{thing} was {how}', not_lower: ['{thing} was very {how}'],"
        " words: {thing: [soup], how: [good, bad]}, of: positive",
    )
    assert [case.inputs for case in found.cases] == [
        ("soup was good", "soup was very good"),
        ("soup was bad", "soup was very bad"),
    ]


def test_a_row_is_filled_column_by_column(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "template: {name: '{who}', note: '{who}, {{really}}', age: 3},"
        " words: {who: [Ann]}, expect: a",
    )
    assert found.cases[0].input == {"name": "Ann", "note": "Ann, {really}", "age": 3}


def test_a_projects_own_lexicon_comes_first_and_is_named(tmp_path: Path) -> None:
    own = tmp_path / "lexicons" / "city.txt"
    own.parent.mkdir()
    own.write_text("# ours\nUlm\n\n  Bad Ems \nUlm\n")
    found = read(tmp_path, "template: 'to {city}', expect: travel")
    assert [case.input for case in found.cases] == ["to Ulm", "to Bad Ems"]
    assert found.files == (own,)


def test_every_lexicon_of_ours_has_words() -> None:
    lexicons = Lexicons(OWN)
    assert len(lexicons.names()) >= 20
    for name in lexicons.names():
        words = lexicons.words(name)
        assert len(words) >= 7, name
        assert all(word == word.strip() and "{" not in word for word in words), name
    assert not lexicons.files


@pytest.mark.parametrize(
    ("case", "code", "says"),
    [
        (
            "template: 'to {cty}', expect: a",
            "MG2147",
            "no lexicon is called 'cty'; did you mean 'city'?",
        ),
        ("template: 'to {../city}', expect: a", "MG2147", "'{../city}' is no slot"),
        ("template: 'to {}', expect: a", "MG2147", "'{}' is no slot"),
        ("template: 'to {city', expect: a", "MG2147", "'{' is no slot"),
        ("template: 'to city}', expect: a", "MG2147", "'}' is no slot"),
        (
            "template: 'to {city}', expect: {cty: {Ulm: a}}",
            "MG2147",
            "the template has no slot 'cty'; did you mean 'city'?",
        ),
        ("template: 'to {city}', expect: a, words: {town: [Ulm]}", "MG2147", "no slot 'town'"),
        ("template: 'to {city}', vary: town", "MG2147", "no slot 'town'"),
        ("template: 'to town', expect: a", "MG2149", "the template has no slot"),
        ("template: 'to {city}', expect: a, words: {city: []}", "MG2149", "`words` is {SLOT"),
        ("template: 'to {city}', expect: a, words: {city: Ulm}", "MG2149", "`words` is {SLOT"),
        ("template: 'to {city}', expect: a, words: [Ulm]", "MG2149", "`words` is {SLOT"),
        ("template: 'to {city}', expect: {city: {Ulm: []}}", "MG2149", "`expect` is {city: {WORD"),
        ("template: 'to {city}', expect: {city: a}", "MG2149", "`expect` is {city: {WORD"),
        ("template: 'to {city}', expect: {}", "MG2149", "`expect` hangs on one slot"),
        (
            "template: '{city} {food}', expect: {city: {Ulm: a}, food: {pie: a}}",
            "MG2149",
            "`expect` hangs on one slot",
        ),
        (
            "template: 'to {city}', expect: {city: {Ulm: a}}, words: {city: [Ulm, Bonn]}",
            "MG2149",
            "`expect` says nothing of 'Bonn' in 'city'",
        ),
        ("template: 'to {city}', expect: a, most: 0", "MG2149", "`most` is a whole number"),
        ("template: 'to {city}', expect: a, most: many", "MG2149", "`most` is a whole number"),
        ("template: 'to {city}', expect: a, most: 10001", "MG2149", "1 to 10,000"),
        (
            "template: '{city} {city2}', expect: a, words: {city: [Ulm]}",
            "MG2148",
            "a lexicon has too few words for the slots that it fills",
        ),
        ("template: '{city}', vary: city, words: {city: [Ulm]}", "MG2148", "too few words"),
        ("template: '{city} {city2}', vary: city, words: {city: [A, B]}", "MG2148", "too few"),
        ("template: 'to {nowhere}', expect: a", "MG2148", "nowhere.txt' holds no word"),
        ("template: 'to {latin}', expect: a", "MG2148", "latin.txt': it is no UTF-8"),
    ],
)
def test_a_template_that_cannot_be_filled(tmp_path: Path, case: str, code: str, says: str) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "nowhere.txt").write_text("# nothing yet\n\n")
    (tmp_path / "lexicons" / "latin.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(MistakesError) as caught:
        read(tmp_path, case)
    (found,) = caught.value.mistakes
    assert (found.code, str(found.where)) == (code, f"{tmp_path / 'all.yaml'}:1:3")
    assert says in found.message
