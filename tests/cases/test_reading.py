"""Files of cases are read whole, and every mistake in one is told at its line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from modelgate.cases import CaseFile, Cases, Moves, schema_of
from modelgate.cases.reading import read_cases
from modelgate.errors import MistakesError


def read(folder: Path, name: str, content: str | bytes) -> Cases:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_cases(CaseFile(path))


def mistakes(folder: Path, name: str, content: str | bytes) -> list[tuple[str, str, str]]:
    """(code, line:column, message) of all of them."""
    with pytest.raises(MistakesError) as caught:
        read(folder, name, content)
    assert caught.value.exit_code == 2
    found = caught.value.mistakes
    assert all(one.where and one.where.file == str(folder / name) for one in found)
    prefix = f"{folder / name}"
    return [
        (one.code, str(one.where).removeprefix(prefix).lstrip(":"), one.message) for one in found
    ]


def test_a_list_in_yaml_with_all_its_keys(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "all.yaml",
        """
- {input: the cat purred, expect: animals}
- input: {age: 30, city: null}
  expect: [yes, 1]
  critical: true
  capability: minors
  test: thirty
- {input: {age: 30}, expect: 2.5, tolerance: 0.5}
- {input: {age: 30}, between: [2, 3]}
- {input: good, same: [Good, good!]}
- {input: good, not_lower: very good, tolerance: 0.1}
- {input: good, not_higher: [hardly good], of: positive}
""",
    ).cases
    assert [case.kind for case in found] == ["MFT", "MFT", "MFT", "MFT", "INV", "DIR", "DIR"]
    assert [str(case.where).rpartition("all.yaml:")[2] for case in found[:2]] == ["2:3", "3:3"]
    assert found[1].expect == ("yes", 1)
    assert (found[1].critical, found[1].capability, found[1].test) == (True, "minors", "thirty")
    assert (found[2].expect, found[2].tolerance) == ((2.5,), 0.5)
    assert (found[3].expect, found[3].tolerance) == ((2.5,), 0.5)
    assert found[4].inputs == ("good", "Good", "good!")
    assert (found[5].others, found[5].moves) == (("very good",), Moves(up=True))
    assert found[6].moves == Moves(up=False, of=(("positive", 1.0),))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_case_a_line_in_json(tmp_path: Path, *, packed: bool) -> None:
    lines = [{"input": "tab\u2028tab", "expect": "a"}, {"input": {"x": 1}, "expect": ["b", "c"]}]
    content = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    name = "all.jsonl.gz" if packed else "all.jsonl"
    found = read(tmp_path, name, gzip.compress(content) if packed else content).cases
    assert [case.input for case in found] == ["tab\u2028tab", {"x": 1}]
    assert [case.expect for case in found] == [("a",), ("b", "c")]
    assert [case.where.line for case in found] == [1, 3]


def test_a_text_a_row_in_csv(tmp_path: Path) -> None:
    content = (
        '\ufeffsentence,expect,critical,capability\r\n"one, two",a|b,TRUE,commas\r\n"a\nb",3,,\r\n'
    )
    first, second = read(tmp_path, "all.csv", content).cases
    assert (first.input, first.expect, first.critical) == ("one, two", ("a", "b"), True)
    assert first.capability == "commas"
    assert (second.input, second.expect, second.critical) == ("a\nb", (3,), False)
    assert second.where.line == 4


def test_rows_of_several_columns_in_csv(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "all.csv", "age,city,expect,tolerance\n30,,1.5,0.1\n").cases
    assert (case.input, case.expect, case.tolerance) == ({"age": "30", "city": None}, (1.5,), 0.1)


def test_an_empty_text_is_an_input_but_for_a_forgotten_cell(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "all.yaml", "- {input: '', expect: a}\n").cases
    assert case.input == ""
    (case,) = read(tmp_path, "alike.yaml", "- {input: a, same: ''}\n").cases
    assert case.others == ("",)
    with pytest.raises(MistakesError, match="MG2142 a case needs an `input`"):
        read(tmp_path, "all.csv", 'text,expect\n"",a\n')


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("{expect: a}", "a case needs an `input`: a text, or {COLUMN: VALUE, ...}"),
        ("{template: '', expect: a}", "a case needs an `template`"),
        ("{input: 3, expect: a}", "a case needs an `input`"),
        ("{input: {}, expect: a}", "a case needs an `input`"),
        ("{input: a, template: '{b}', expect: a}", "a case needs an `template`"),
        ("{input: a}", "a case needs `expect`: the right answer"),
        ("{input: a, expect: null}", "a case needs `expect`"),
        ("{input: a, expect: []}", "a case needs `expect`"),
        ("{input: a, expect: [b, {c: d}]}", "a case needs `expect`"),
        ("{input: a, expect: {b: {c: d}}}", "a case needs `expect`"),
        ("{input: a, expect: .nan}", "a case needs `expect`"),
        ("{input: a, expect: b, same: c}", "a case asks one thing, and here are 'expect' and 's"),
        ("{input: a, expcet: b, expect: b}", "a case has no 'expcet'; did you mean 'expect'?"),
        ("{input: a, expect: b, critical: 1}", "`critical` is true or false"),
        ("{input: a, expect: b, capability: 1}", "`capability` is a text"),
        ("{input: a, expect: b, test: [x]}", "`test` is a text"),
        ("{input: a, expect: 1, tolerance: -1}", "`tolerance` is a number, 0 or more"),
        ("{input: a, expect: 1, tolerance: true}", "`tolerance` is a number, 0 or more"),
        ("{input: a, expect: 1, tolerance: .inf}", "`tolerance` is a number, 0 or more"),
        ("{input: a, same: []}", "'same' takes another input, or a list of them"),
        ("{input: a, not_lower: [1]}", "'not_lower' takes another input, or a list of them"),
        ("{input: a, not_lower: b, of: [c]}", "`of` is one of the model's classes"),
        ("{input: a, same: [b, a]}", "'same' holds the very input of the case"),
        ("{input: a, not_lower: a}", "'not_lower' holds the very input of the case"),
        ("{input: {x: 1, y: b}, not_higher: {y: b, x: 1}}", "'not_higher' holds the very input"),
        ("{template: 'a {name}', same: 'a {name}'}", "'same' holds the very input of the case"),
        ("{input: a, same: b, of: c}", "'of' belongs to `not_lower` or `not_higher`"),
        ("{input: a, expect: b, most: 3}", "'most' belongs to a `template`"),
        ("{input: a, vary: b}", "'vary' belongs to a `template`"),
        ("{input: a, between: 3}", "`between` takes two numbers: [3, 5]"),
        ("{input: a, between: [1, b]}", "`between` takes two numbers: [3, 5]"),
        ("{input: a, between: [5, 3]}", "`between` takes the lower number first"),
        ("{input: a, between: [3, 5], tolerance: 1}", "`between` takes the lower number first"),
        ("just a text", "a case is no the text 'just a text'"),
    ],
)
def test_what_is_no_case(tmp_path: Path, case: str, says: str) -> None:
    found = mistakes(tmp_path, "all.yaml", f"- {{input: fine, expect: a}}\n- {case}\n")
    assert [(code, place.partition(":")[0]) for code, place, _ in found] == [("MG2142", "2")]
    assert says in found[0][2]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        "all.yaml",
        "- {expect: a}\n- {input: fine, expect: a}\n- {input: a, epxect: b, critical: 3}\n",
    )
    assert [place for _, place, _ in found] == ["1:3", "3:3", "3:3", "3:14"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "the line is no JSON: Expecting property name"),
        ("[" * 100_000, "the line is no JSON: it is nested too deeply"),
        ('{"input": "a", "expect": "b", "expect": "c"}', "the name 'expect' stands twice"),
        ('{"input": {"x": 1, "x": 2}, "expect": "b"}', "the name 'x' stands twice"),
        ('{"input": "\\ud800", "expect": "b"}', r"'\ud800' is half a character"),
        ('{"input": "a", "expect": ["b", "\\udfff"]}', r"'\udfff' is half a character"),
        ("[1]", "a case is an object"),
        ('{"input": "a"}', "a case needs `expect`"),
        ('{"input": "a", "expect": NaN}', "a case needs `expect`"),
        ('{"input": "a", "expect": 1, "tolerance": Infinity}', "`tolerance` is a number"),
    ],
    ids=[
        "broken",
        "too-deep",
        "twice",
        "twice-within",
        "half",
        "half-answer",
        "a-list",
        "nothing-expected",
        "nan",
        "infinite",
    ],
)
def test_a_line_that_is_no_case(tmp_path: Path, line: str, says: str) -> None:
    good = '{"input": "a", "expect": "b"}'
    (found,) = mistakes(tmp_path, "all.jsonl", f"{good}\n{line}\n{good}\n")
    assert found[:2] == ("MG2142", "2")
    assert says in found[2]


@pytest.mark.parametrize(
    ("content", "code", "place", "says"),
    [
        ("text,label\na,b\n", "MG2142", "1", "there is no column 'expect'"),
        ("", "MG2142", "1", "there is no column 'expect'"),
        ("text,expect\na\n", "MG2142", "2", "the row has another number of cells"),
        ("text,expect\na,b\na,b,c\n", "MG2142", "3", "the row has another number of cells"),
        ('text,expect\n"a" b,c\n', "MG2142", "2", "the row is no CSV"),
        ("text,expect\na,\n", "MG2142", "2", "a case needs `expect`"),
        ("text,expect,critical\na,b,maybe\n", "MG2142", "2", "`critical` is true or false"),
        ("text,expect\n", "MG2142", "", "there is no case in it"),
        (b"text,expect\n\xff,b\n", "MG2141", "", "the text is not UTF-8"),
    ],
)
def test_a_table_that_holds_no_cases(
    tmp_path: Path, content: str | bytes, code: str, place: str, says: str
) -> None:
    (found,) = mistakes(tmp_path, "all.csv", content)
    assert found[:2] == (code, place)
    assert says in found[2]


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("all.txt", b"", "MG2141", "the name does not say what it holds"),
        ("all.yaml", b"", "MG2142", "cases are a list, not nothing"),
        ("all.yaml", b"[]", "MG2142", "there is no case in it"),
        ("all.yaml", b"cases: []", "MG2142", "cases are a list, not a block of keys"),
        ("all.yaml", b"- {input: a, input: b, expect: c}", "MG2105", "the key 'input' stands here"),
        ("all.yaml", b"- !!python/name:os.system {}", "MG2106", "the tag"),
        ("all.jsonl", b"\n\n", "MG2142", "there is no case in it"),
        ("all.jsonl.gz", b"no gzip", "MG2141", "the cases cannot be read"),
        (
            "all.jsonl.gz",
            gzip.compress(b"{}" * 99, mtime=0)[:-9],
            "MG2141",
            "the cases cannot be read",
        ),
    ],
)
def test_a_file_that_is_none(
    tmp_path: Path, name: str, content: bytes, code: str, says: str
) -> None:
    found = mistakes(tmp_path, name, content)
    assert found[0][0] == code
    assert says in found[0][2]


def test_a_file_that_unpacks_to_more_than_is_read(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, "all.jsonl.gz", gzip.compress(b"\n" * (65 << 20)))
    assert found[0] == "MG2141"
    assert "larger than 64 MiB" in found[2]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").mkdir()
    with pytest.raises(MistakesError, match="MG2141 the cases cannot be read: Is a directory"):
        read_cases(CaseFile(tmp_path / "all.yaml"))


def test_harmful_characters_of_a_file_are_not_obeyed(tmp_path: Path) -> None:
    line = json.dumps({"input": "a", "expect": "b", "\x1b[2J\u202e": 1})
    (found,) = mistakes(tmp_path, "all.jsonl", line)
    assert "'\\x1b[2J\\u202e'" in found[2]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("text,expect,expect", "two columns are called 'expect'"),
        ("text,text,expect", "two columns are called 'text'"),
        ("text,same,expect", "a table of cases has no column 'same'"),
        ("text,not_lower,expect", "a table of cases has no column 'not_lower'"),
    ],
)
def test_nothing_in_a_table_is_dropped_without_a_word(
    header: str, says: str, tmp_path: Path
) -> None:
    found = mistakes(tmp_path, "all.csv", f"{header}\na,b,c\n")
    assert [one[0] for one in found] == ["MG2142"]
    assert found[0][1].startswith("1")
    assert says in found[0][2]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "22"], "int64"),
        (["1.50", "2"], "double"),
        (["01234", "77"], "large_string"),
        (["0", "7"], "int64"),
        (["x", "2"], "large_string"),
    ],
)
def test_cells_are_what_their_column_says_and_keep_their_zeros(
    cells: list[str], kind: str, tmp_path: Path
) -> None:
    lines = "".join(f"{cell},a,east\n" for cell in cells)
    cases = read(tmp_path, "all.csv", f"zip,b,expect\n{lines}").cases
    assert [case.inputs[0]["zip"] for case in cases] == cells  # type: ignore[index]
    assert str(schema_of(cases, ()).field("zip").type) == kind
