"""Each mistake in a suite has a code, a place, and words that say what to write instead."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from modelgate.declare import Check
from modelgate.errors import MistakesError
from modelgate.suite_file import parse_suite

ONE = "checks:\n  - metric: accuracy\n"
DEEP = "a: " + "[" * 40


def case(name: str, text: str | bytes, code: str, place: str, *parts: str) -> object:
    content = text.encode() if isinstance(text, str) else text
    return pytest.param(content, code, place, parts, id=name)


YAML = [
    case("empty-file", "", "MG2115", "1:1", "can promote nothing"),
    case("only-a-comment", "# later\n", "MG2115", "1:1", "can promote nothing"),
    case("not-utf-8", b"title: caf\xe9\n", "MG2101", "1:11", "0xe9", "UTF-8"),
    case("utf-16", ONE.encode("utf-16"), "MG2101", "1:1", "byte order mark"),
    case("byte-order-mark", b"\xef\xbb\xbf" + ONE.encode(), "MG2101", "1:1", "byte order mark"),
    case("nul", "title: a\n" + "b: \0\n", "MG2101", "2:4", "U+0000"),
    case("escape", "title: \x1b[2J\n", "MG2101", "1:8", "U+001B"),
    case("too-large", "#" * (1 << 20) + "\n", "MG2102", ":", "1 MiB"),
    case("too-deep", DEEP, "MG2102", "1:35", "32 levels"),
    case("tab", "checks:\n\t- metric: accuracy\n", "MG2103", "2:1", "a tab; indent with spaces"),
    case("open-quote", "title: 'Churn\nchecks: []\n", "MG2103", "1:8", "has no end"),
    case("open-bracket", "checks: [1, 2\n", "MG2103", "2:1", "bracket"),
    case("colon-in-a-text", "title: a: b\n", "MG2103", "1:9", "quote a text"),
    case("percent-sign", "title: %5\n", "MG2103", "1:8", "must stand in quotes"),
    case("wrong-indent", "title: a\n  task: b\n", "MG2103", "2:7", "indentation"),
    case("two-documents", ONE + "---\n" + ONE, "MG2106", "3:1", "second document"),
    case("tag", "title: !!python/name:os.system a\n" + ONE, "MG2106", "1:8", "tag"),
    case("key-twice", "seed: 1\nseed: 2\n" + ONE, "MG2105", "2:1", "'seed'", "line 1"),
    case(
        "key-twice-in-a-step", ONE + "    at_least: 1\n    at_least: 0\n", "MG2105", "4:5", "line 3"
    ),
    case("alias-to-nothing", "title: *name\n", "MG2103", "1:8", "'*name'", "'&name'"),
    case("alias-to-itself", "checks: &all [*all]\n", "MG2103", "1:15", "'&all' before it"),
    case("many-aliases", "x: &a 1\ny: [" + "*a, " * 51 + "]\n", "MG2102", "2:205", "50 aliases"),
    case("list-as-key", "? [a, b]\n: c\n" + ONE, "MG2107", "1:3", "a key must be a word"),
    case("merge-of-a-text", "<<: word\n" + ONE, "MG2107", "1:5", "'<<' takes a block"),
]

TOP = [
    case("a-list", "- metric: accuracy\n", "MG2107", "1:1", "block of keys, not a list"),
    case("a-text", "metric accuracy\n", "MG2107", "1:1", "not the text 'metric accuracy'"),
    case("unknown-key", "chekcs: []\n" + ONE, "MG2108", "1:1", "'chekcs'", "mean 'checks'?"),
    case("champion-is-a-list", "champion: [a]\n" + ONE, "MG2109", "1:11", "takes a text"),
    case("alpha-above-5", "policy: {alpha_pass: 0.1}\n" + ONE, "MG2109", "1:22", "to 0.05"),
    case("task", "task: clasification\n" + ONE, "MG2111", "1:7", "mean 'classification'?"),
    case("title-is-a-number", "title: 5\n" + ONE, "MG2109", "1:8", 'put it in quotes: "5"'),
    case("title-is-empty", "title: ''\n" + ONE, "MG2109", "1:8", "not an empty one"),
    case("seed-is-a-text", "seed: one\n" + ONE, "MG2109", "1:7", "a whole number"),
    case("seed-has-decimals", "seed: 1.5\n" + ONE, "MG2109", "1:7", "whole number", "not 1.5"),
    case("seed-below-0", "seed: -1\n" + ONE, "MG2109", "1:7", "from 0 to"),
    case("seed-is-truth", "seed: true\n" + ONE, "MG2109", "1:7", "not true"),
    case("seed-is-endless", f"seed: {'9' * 5000}\n" + ONE, "MG2109", "1:7", "whole number"),
    case("policy", "policy: {on_hold: promote}\n" + ONE, "MG2111", "1:19", "known: ask, hold"),
    case("policy-key", "policy: {onhold: hold}\n" + ONE, "MG2108", "1:10", "mean 'on_hold'?"),
    case("no-checks", "title: a\n", "MG2115", "1:1", "without checks"),
    case("empty-checks", "title: a\nchecks: []\n", "MG2115", "2:1", "without checks"),
    case("null-checks", "title: a\nchecks:\n", "MG2115", "2:1", "without checks"),
    case("checks-as-keys", "checks:\n  metric: accuracy\n", "MG2107", "2:3", "a list of steps"),
]

BLOCKS = [
    case("data-is-a-text", "data: test.csv\n" + ONE, "MG2107", "1:7", "a block of roles"),
    case("data-key", "data:\n  test: {pth: a}\n" + ONE, "MG2108", "2:10", "mean 'path'?"),
    case("data-is-null", "data:\n  test:\n" + ONE, "MG2107", "2:8", "'test'", "not nothing"),
    case("target", "data: {test: {target: 3}}\n" + ONE, "MG2109", "1:23", '"3"'),
    case("may-drop", "data: {test: {may_drop: 2}}\n" + ONE, "MG2109", "1:25", "from 0 to 1"),
    case("percent", "data: {test: {may_drop: 120%}}\n" + ONE, "MG2109", "1:25", "0% to 100%"),
    case("delimiter", "data: {test: {delimiter: ab}}\n" + ONE, "MG2109", "1:26", "one character"),
    case("model-is-a-list", "model: [a]\n" + ONE, "MG2107", "1:8", "not a list"),
    case("model-key", "model: {treshold: 1}\n" + ONE, "MG2108", "1:9", "mean 'threshold'?"),
    case("prepare", "model: {prepare: {}}\n" + ONE, "MG2140", "1:18", "says nothing"),
    case("outputs", "model: {outputs: {score: a}}\n" + ONE, "MG2108", "1:19", "mean 'scores'?"),
    case("scores-are", "model: {scores_are: logit}\n" + ONE, "MG2111", "1:21", "mean 'logits'?"),
    case("one-class", "model: {classes: [a]}\n" + ONE, "MG2109", "1:18", "at least 2"),
    case("class-twice", "model: {classes: [a, b, a]}\n" + ONE, "MG2109", "1:18", "'a' twice"),
    case("null-class", "model: {classes: [a, null]}\n" + ONE, "MG2109", "1:22", "'classes'"),
    case(
        "positive", "model: {classes: [a, b], positive: c}\n" + ONE, "MG2111", "1:36", "among 'cl"
    ),
    case("threshold", "model: {threshold: 5}\n" + ONE, "MG2109", "1:20", "from 0 to 1"),
    case("inputs", "model: {inputs: [a]}\n" + ONE, "MG2107", "1:17", "block of tensors"),
    case("no-columns", "model: {inputs: {x: []}}\n" + ONE, "MG2109", "1:21", "a text or a list"),
]


def step(rest: str, subject: str = "metric: accuracy") -> str:
    return f"checks:\n  - {subject}\n    {rest}\n"


STEPS = [
    case("a-word", "checks:\n  - metric\n", "MG2107", "2:5", "first names the check"),
    case("null", "checks:\n  -\n", "MG2107", "2:4", "not nothing"),
    case("check", "checks:\n  - metrc: accuracy\n", "MG2104", "2:5", "mean 'metric'?"),
    case("check-is-far", "checks:\n  - zzzzzz: a\n", "MG2104", "2:5", "known: invariance, metric"),
    case("check-not-first", step("metric: accuracy", "at_least: 1"), "MG2104", "2:5", "before it"),
    case("subject", "checks:\n  - metric: acuracy\n", "MG2111", "2:13", "mean 'accuracy'?"),
    case("no-subject", "checks:\n  - metric:\n", "MG2110", "2:5", "after its colon"),
    case("no-name", "checks:\n  - probe:\n", "MG2110", "2:5", "such as 'all'"),
    case("subject-is-a-list", "checks:\n  - probe: [a]\n", "MG2109", "2:12", "takes a name"),
    case("setting", step("avrage: macro"), "MG2108", "3:5", "mean 'average'?"),
    case("engine-key", step("at_lest: 1"), "MG2108", "3:5", "mean 'at_least'?"),
    case("subject-as-setting", step("metric2: f1"), "MG2108", "3:5", "no setting 'metric2'"),
    case("literal", step("average: makro"), "MG2111", "3:14", "mean 'macro'?"),
    case("whole", step("k: 2.5"), "MG2109", "3:8", "whole number, not 2.5"),
    case("share-for-a-whole", step("k: 5%"), "MG2109", "3:8", "whole number"),
    case("quoted-number", step('at_least: "0.8"'), "MG2109", "3:15", "in quotes", "write 0.8"),
    case("nan", step("at_least: .nan"), "MG2109", "3:15", ".nan is none"),
    case("inf", step("at_most: -.inf"), "MG2109", "3:14", "-.inf is none"),
    case("overflow", step("at_most: 1e999"), "MG2109", "3:14", "1e999 is none"),
    case("limit-is-truth", step("at_least: yes"), "MG2109", "3:15", "not the text 'yes'"),
    case("limit-is-null", step("at_least:"), "MG2109", "3:14", "not nothing"),
    case("share-above-100", step("at_least: 101%"), "MG2109", "3:15", "0% to 100%"),
    case("both-limits", step("at_least: 0\n    at_most: 1"), "MG2112", "4:5", "not to both"),
    case("margin-of-a-probe", step("margin: 0.01", "probe: all"), "MG2117", "3:5", "not compared"),
    case("margin-of-none", step("margin: 0"), "MG2109", "3:13", "a number above 0"),
    case("margin-below-0", step("margin: -0.01"), "MG2109", "3:13", "a number above 0"),
    case("margin-is-a-word", step("margin: automatic"), "MG2109", "3:13", "'auto' or 'none'"),
    case("margin-is-nan", step("margin: .nan"), "MG2109", "3:13", "a number above 0"),
    case("severity", step("severity: blocking"), "MG2111", "3:15", "mean 'blocker'?"),
    case("role", step("data: tset"), "MG2116", "3:11", "mean 'test'?"),
    case("by-without-rows", step("by: country", "probe: all"), "MG2113", "3:5", "of slices"),
    case("by-is-empty", step("by: []"), "MG2109", "3:9", "'by'"),
    case("by-is-a-number", step("by: [2020]"), "MG2109", "3:10", "'by' takes a column"),
    case("by-crosses-three", step("by: [[a, b, c]]"), "MG2109", "3:10", "crosses two"),
    case("by-twice", step("by: [a, a]"), "MG2109", "3:9", "'a' twice"),
    case("by-crossed-twice", step("by: [[a, b], [b, a]]"), "MG2109", "3:9", "'b x a' twice"),
    case(
        "bins-fall", step("by: [{column: a, bins: [3, 1]}]"), "MG2109", "3:28", "numbers that rise"
    ),
    case("one-bin", step("by: {column: a, bins: 1}"), "MG2109", "3:27", "'by' takes", "from 2"),
    case("bins-of-nothing", step("by: {bins: 4}"), "MG2109", "3:9", "'by' takes a column"),
    case("bins-misspelt", step("by: {column: a, bin: 4}"), "MG2109", "3:26", "no key 'bin'"),
    case("bins-crossed-with-themselves", step("by: [[a, {column: a, bins: 4}]]"), "MG2109", "3:9"),
    case("by-and-slice", step("by: a\n    slice: {a: 1}"), "MG2118", "4:5", "not both"),
    case("slice-of-nothing", step("slice: {}"), "MG2109", "3:12", "'slice' takes columns"),
    case("slice-of-a-list", step("slice: {a: [1, 2]}"), "MG2109", "3:16", "'slice' takes columns"),
    case(
        "slice-with-the-high-first",
        step("slice: {a: {at_least: 2, below: 1}}"),
        "MG2109",
        "3:16",
        "the low first",
    ),
    case("min-rows-alone", step("min_rows: 9"), "MG2118", "3:5", "'min_rows'"),
    case("min-rows-of-none", step("by: a\n    min_rows: 0"), "MG2109", "4:15", "'min_rows'"),
    case("slice-without-rows", step("slice: {a: 1}", "probe: all"), "MG2113", "3:5", "of slices"),
    case("by-with-itself", step("by: [[a, a]]"), "MG2109", "3:9", "with itself"),
    case(
        "required",
        "checks:\n  - invariance: typos\n",
        "MG2110",
        "2:5",
        "needs the setting 'column'",
    ),
    case("truth", step("column: a\n    loud: yes", "invariance: a"), "MG2109", "4:11", "true or f"),
    case("words", step("column: a\n    words: b", "invariance: a"), "MG2109", "4:12", "a list"),
    case(
        "word", step("column: a\n    words: [1]", "invariance: a"), "MG2109", "4:13", 'quotes: "1"'
    ),
    case("twice", ONE + "  - metric: accuracy\n", "MG2114", "3:5", "here and in line 2"),
    case(
        "twice-but-for-the-limit",
        ONE + "    at_least: 0.5\n  - metric: accuracy\n    at_most: 0.9\n",
        "MG2114",
        "4:5",
        "line 2",
    ),
    case(
        "other-task", "task: classification\nchecks:\n  - spread: all\n", "MG2119", "3:5", "judges"
    ),
]


@pytest.mark.parametrize(("text", "code", "place", "parts"), [*YAML, *TOP, *BLOCKS, *STEPS])
def test_a_mistake_is_told_with_its_place(
    text: bytes, code: str, place: str, parts: tuple[str, ...], checks: Mapping[str, Check]
) -> None:
    with pytest.raises(MistakesError) as caught:
        parse_suite(text, name="churn", path="churn.yaml", checks=checks)
    told = caught.value.mistakes
    where = told[0].where
    assert where is not None
    found = (told[0].code, f"{where.line or ''}:{where.column or ''}")
    assert found == (code, place), told[0]
    for part in parts:
        assert part in told[0].message
    assert caught.value.exit_code == 2
    assert all("\n" not in f"{mistake.message}{mistake.hint}" for mistake in told)


@pytest.mark.parametrize(("text", "code", "place", "parts"), [*YAML, *TOP, *BLOCKS, *STEPS])
def test_a_mistake_is_told_once(
    text: bytes, code: str, place: str, parts: tuple[str, ...], checks: Mapping[str, Check]
) -> None:
    with pytest.raises(MistakesError) as caught:
        parse_suite(text, name="churn", path="churn.yaml", checks=checks)
    assert len(caught.value.mistakes) == 1, f"{code} {place} {parts}: {caught.value}"


def test_all_mistakes_of_a_file_are_told_in_the_order_of_its_lines(
    checks: Mapping[str, Check],
) -> None:
    text = b"""\
titel: Churn
task: regresion
data:
  test: {path: a.csv, targt: churned}
checks:
  - metrc: accuracy
  - metric: acuracy
    at_least: "0.9"
    severity: hard
    severity: soft
  - probe: all
    by: country
    data: current
policy: {on_hold: asks}
"""
    with pytest.raises(MistakesError) as caught:
        parse_suite(text, name="churn", path="churn.yaml", checks=checks)
    told = [(one.code, one.where.line if one.where else None) for one in caught.value.mistakes]
    assert told == [
        ("MG2108", 1),
        ("MG2111", 2),
        ("MG2108", 4),
        ("MG2104", 6),
        ("MG2111", 7),
        ("MG2109", 8),
        ("MG2111", 9),
        ("MG2105", 10),
        ("MG2113", 12),
        ("MG2116", 13),
        ("MG2111", 14),
    ]


def test_the_line_is_written_as_the_contract_says(checks: Mapping[str, Check]) -> None:
    text = b"title: Churn\n" + b"\n" * 11 + b"checks:\n  - metrc: accuracy\n"
    with pytest.raises(MistakesError) as caught:
        parse_suite(text, name="churn", path="suites/churn.yaml", checks=checks)
    assert str(caught.value) == (
        "suites/churn.yaml:14:5: MG2104 no check is called 'metrc'; did you mean 'metric'?"
    )


def test_after_two_hundred_mistakes_the_rest_is_not_read(checks: Mapping[str, Check]) -> None:
    text = b"checks:\n" + b"  - metrc: accuracy\n" * 9_000
    with pytest.raises(MistakesError) as caught:
        parse_suite(text, name="churn", path="churn.yaml", checks=checks)
    assert len(caught.value.mistakes) == 201
    assert caught.value.mistakes[-1].code == "MG2122"


def test_more_than_ten_thousand_checks_are_refused(checks: Mapping[str, Check]) -> None:
    text = b"checks:\n" + b"  - metric: accuracy\n" * 10_001
    with pytest.raises(MistakesError, match="MG2102 10001 checks"):
        parse_suite(text, name="churn", path="churn.yaml", checks=checks)


def test_a_bomb_of_aliases_ends_before_it_grows(checks: Mapping[str, Check]) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 7)}]" for n in range(1, 8)]
    with pytest.raises(MistakesError, match="MG2102 more than 200000 values"):
        parse_suite("\n".join(lines).encode(), name="b", path="b.yaml", checks=checks)


def test_names_are_told_shortened_and_harmless(checks: Mapping[str, Check]) -> None:
    name = "\u202e" + "x" * 500
    text = f"checks:\n  - {name}: accuracy\n"
    with pytest.raises(MistakesError) as caught:
        parse_suite(text.encode(), name="churn", path="churn.yaml", checks=checks)
    message = caught.value.mistakes[0].message
    assert "\u202e" not in message
    assert "\\u202e" in message
    assert len(message) < 250
