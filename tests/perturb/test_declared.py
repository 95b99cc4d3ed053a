"""A perturbation is called behind a guard; a project's own is found by its path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from modelgate.cli import main
from modelgate.errors import CheckCrashedError, MistakesError, UsageError
from modelgate.library import Library, builtin_root
from modelgate.perturb import Of, Perturbation, SettingError, named, perturbation, perturbations
from modelgate.perturb.material.declared import DECLARED


def declared(of: Of, function: Callable[..., Any]) -> Perturbation:
    one: Perturbation = getattr(perturbation(of=of)(function), DECLARED)
    return one


@pytest.mark.parametrize(
    ("name", "settings", "code", "says"),
    [
        ("typos", {"severty": 2}, "MG2171", "no setting 'severty'; did you mean 'severity'?"),
        ("typos", {"seed": 2}, "MG2171", "no setting 'seed'"),
        ("typos", {"severity": 6}, "MG2172", "'severity' takes 1, 2, 3, 4 or 5, not 6"),
        ("typos", {"severity": True}, "MG2172", "'severity' takes 1, 2, 3, 4 or 5"),
        ("typos", {"severity": "x"}, "MG2172", "'severity' can't be 'x'"),
        ("case", {"to": "uper"}, "MG2172", "'to' can't be 'uper'; did you mean 'upper'?"),
        ("noise", {"amount": 0.0}, "MG2172", "'amount' is larger than 0"),
        ("noise", {"amount": float("nan")}, "MG2172", "'amount' takes a number"),
        ("noise", {"amount": "wide"}, "MG2172", "'amount' takes a number, not the text 'wide'"),
        ("increase", {"amount": -1}, "MG2172", "'amount' is larger than 0"),
        ("increase", {"amount": 1, "share": 0.1}, "MG2172", "'amount' or 'share', not both"),
        ("unit_error", {"factor": 1}, "MG2172", "'factor' is larger than 0, and not 1"),
        ("unit_error", {"factor": -10}, "MG2172", "'factor' is larger than 0, and not 1"),
        ("missing", {"share": 1.1}, "MG2172", "'share' is larger than 0, and at most 1"),
        ("name_swap", {"origin": "arabc"}, "MG2172", "did you mean 'arabic'?"),
        ("truncation", {"keep": 1.0}, "MG2172", "'keep' lies between 0 and 1"),
        ("neutral_suffix", {"text": "  "}, "MG2172", "'text' holds nothing but space"),
        ("rotate", {"degrees": 360}, "MG2172", "'degrees' is a turn, not none"),
        ("scale", {"factor": 0}, "MG2172", "'factor' lies from 0.05 to 20"),
        ("shift", {"pixels": 0}, "MG2172", "'pixels' is 1 or more"),
        ("brightness", {"amount": 2}, "MG2172", "'amount' lies from -1 to 1"),
        ("contrast", {"factor": 1}, "MG2172", "'factor' lies from 0 to 10, and is not 1"),
        ("blur", {"width": 51}, "MG2172", "'width' is larger than 0, and at most 50"),
        ("pixel_noise", {"amount": 0}, "MG2172", "'amount' is larger than 0, and at most 1"),
        ("occlusion", {"share": 1}, "MG2172", "'share' lies between 0 and 1"),
    ],
)
def test_a_wrong_setting_is_told_before_any_value_is_seen(
    name: str, settings: dict[str, Any], code: str, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        named(name).settled(settings)
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.message.startswith(f"the perturbation {name!r}")
    assert caught.value.exit_code == 2
    assert caught.value.hint == f"`modelgate explain {name}` tells of it"


def test_quality_has_its_range() -> None:
    pytest.importorskip("PIL", reason="Pillow is not installed: pip install -e '.[image]'")
    with pytest.raises(UsageError, match=r"MG2172 .*'quality' lies from 1 to 95"):
        named("jpeg").settled({"quality": 100})


def test_settings_are_settled() -> None:
    assert named("noise").settled({}) == {"severity": 1, "amount": None}
    assert named("noise").settled({"amount": 3}) == {"severity": 1, "amount": 3.0}
    assert named("increase").settled({"share": "10%"})["share"] == 0.1


def test_an_unknown_one_is_told() -> None:
    with pytest.raises(UsageError, match=r"is called 'typo'; did you mean 'typos'\?"):
        named("typo")
    with pytest.raises(UsageError) as caught:
        named("\x1b[31m")
    assert caught.value.code == "MG2170"
    assert "\\x1b" in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["missing", "column_order"])
def test_a_column_that_is_not_there(name: str) -> None:
    rows = pa.RecordBatch.from_pydict({"age": [1.0], "city": ["x"]})
    with pytest.raises(UsageError, match=r"no column 'agee'; did you mean 'age'\?") as caught:
        named(name)(rows, seed=0, columns=["agee"])
    assert caught.value.code == "MG2173"


def test_the_library_is_a_mapping_that_knows_its_names() -> None:
    known = perturbations()
    assert len(known) == len(list(known)) == len(dict(known))
    assert "typos" in known
    assert known.get("material") is None
    assert all(one.path and one.path.stem == name for name, one in known.items())
    with pytest.raises(KeyError):
        known["__init__"]


VALUES: dict[Of, Any] = {
    "text": ["a", "b"],
    "category": ["a", "b"],
    "number": np.zeros(2),
    "table": pa.RecordBatch.from_pydict({"a": [1.0, 2.0]}),
    "image": np.zeros((2, 3, 3, 1), dtype=np.uint8),
}


@pytest.mark.parametrize(
    ("of", "answer", "says"),
    [
        ("text", ["a"], "answered 1 values for 2"),
        ("text", ["a", None], "answered no list of texts"),
        ("text", "ab", "answered no list of texts"),
        ("category", ["a", "b", "c"], "answered 3 values for 2"),
        ("number", np.zeros(3), "answered 3 values for 2"),
        ("number", [0.0, 1.0], "answered no array of numbers"),
        ("number", np.zeros(2, dtype=np.bool_), "answered no array of numbers"),
        ("number", np.zeros((2, 1)), "answered no array of numbers"),
        ("table", None, "answered no RecordBatch"),
        ("table", pa.RecordBatch.from_pydict({"a": [1.0]}), "answered 1 values for 2"),
        ("table", pa.RecordBatch.from_pydict({"b": [1.0, 2.0]}), "answered with other columns"),
        ("table", pa.RecordBatch.from_pydict({"a": [1, 2]}), "columns of other types"),
        ("image", np.zeros((2, 3, 3, 1)), "answered no array of uint8"),
        ("image", np.zeros((1, 3, 3, 1), dtype=np.uint8), "answered the shape (1, 3, 3, 1)"),
    ],
)
def test_an_answer_that_lies_is_found_out(of: Of, answer: Any, says: str) -> None:
    def lies(values: Any) -> Any:
        return answer if len(values) else values

    one = declared(of, lies)
    with pytest.raises(CheckCrashedError) as caught:
        one(VALUES[of], seed=0)
    assert caught.value.code == "MG4061"
    assert says in caught.value.message
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.float32])
def test_numbers_may_be_answered_in_any_type(kind: type[np.generic]) -> None:
    one = declared("number", lambda values: (np.nan_to_num(values) + 1).astype(kind))
    found = one(np.array([1, 2], dtype=np.int16), seed=0)
    assert (found.dtype, found.tolist()) == (np.dtype(np.float64), [2.0, 3.0])


def test_one_that_raises_is_told_with_what_it_raised() -> None:
    def mine(texts: list[str]) -> list[str]:
        if texts:
            raise KeyError("a\nb")
        return texts

    with pytest.raises(CheckCrashedError) as caught:
        declared("text", mine)(["a"], seed=0)
    assert caught.value.code == "MG4060"
    assert caught.value.exit_code == 4
    assert "KeyError: 'a\\nb'" in caught.value.message
    assert isinstance(caught.value.__cause__, KeyError)


def test_what_was_given_is_not_changed_in_place() -> None:
    def mine(values: Any) -> Any:
        values[:1] = 7
        return values

    before = np.array([1.0, 2.0])
    with pytest.raises(CheckCrashedError, match=r"MG4060 .*'mine' raised ValueError.*read-only"):
        declared("number", mine)(before, seed=0)
    assert list(before) == [1.0, 2.0]
    before[0] = 3.0  # and the caller's own array is no less writable


def test_a_setting_without_a_default_has_to_be_written() -> None:
    def mine(texts: list[str], *, ending: str) -> list[str]:
        if ending == "x":
            raise SettingError("'ending' is none of x")
        return [text + ending for text in texts]

    one = declared("text", mine)
    assert one(["a", None], seed=0, ending="!") == ["a!", None]
    with pytest.raises(UsageError, match=r"MG2171 .*'mine' needs the setting 'ending'"):
        one(["a"], seed=0)
    with pytest.raises(UsageError, match=r"MG2172 .*'mine': 'ending' is none of x"):
        one(["a"], seed=0, ending="x")


def test_a_function_is_given_what_it_names() -> None:
    seen: dict[str, Any] = {}

    def mine(values: list[str], *, seed: int, pool: list[str], severity: int = 1) -> list[str]:
        seen.update(seed=seed, pool=pool, severity=severity)
        return values

    one = declared("category", mine)
    assert one.needs == {"seed", "pool"}
    assert set(one.settings) == {"severity"}
    assert one.graded
    one(["a", None], seed=7, pool=["a", None, "b"], severity=2)
    assert seen == {"seed": 7, "pool": ["a", "b"], "severity": 2}
    one(["a", None], seed=7)
    assert seen["pool"] == ["a"]


def write(root: Path, name: str, body: str) -> Path:
    path = root / "perturb" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("from modelgate.perturb import perturbation\n" + dedent(body), "utf-8")
    return path


SHOUT = """
    @perturbation(of="text")
    def {name}(texts, *, times: int = 1):
        \"\"\"Each text is shouted.\"\"\"
        return [text.upper() + "!" * times for text in texts]
"""


def test_a_projects_own_stands_beside_the_built_in_ones(tmp_path: Path) -> None:
    path = write(tmp_path, "shout", SHOUT.format(name="shout"))
    write(tmp_path, "_lists", "WORDS = 1 / 0\n")
    library = Library(builtin_root(), tmp_path)
    one = library.perturbations["shout"]
    assert one.path == path
    assert one(["hey"], seed=0, times=2) == ["HEY!!"]
    assert "typos" in library.perturbations
    assert "shout" not in perturbations()
    assert len(library.perturbations) == len(perturbations()) + 1


def test_where_it_breaks_its_file_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mine",
        """
        @perturbation(of="text")
        def mine(texts):
            return [text[0] for text in texts]
        """,
    )
    one = Library(builtin_root(), tmp_path).perturbations["mine"]
    with pytest.raises(CheckCrashedError, match="MG4060") as caught:
        one([""], seed=0)
    assert caught.value.where
    assert caught.value.where.file == str(path)


@pytest.mark.parametrize(
    ("body", "code", "line", "says"),
    [
        ("def mine(:", "MG2210", 2, "invalid syntax"),
        ("import absent_package", "MG2211", 2, "No module named 'absent_package'"),
        ("raise SystemExit(0)", "MG2211", 2, "SystemExit"),
        ("def mine(texts): return texts", "MG2230", 1, "declares no perturbation"),
        (SHOUT.format(name="other"), "MG2231", 3, "'other' is not called as its file"),
        (
            "@perturbation(of='words')\ndef mine(texts): return texts",
            "MG2233",
            2,
            "it is of 'words'",
        ),
        (
            "@perturbation(of='text')\ndef mine(texts, seed): return texts",
            "MG2233",
            2,
            "'seed' has to stand after the '*'",
        ),
        (
            "@perturbation(of='text')\ndef mine(*, texts): return texts",
            "MG2233",
            2,
            "its first parameter takes the values",
        ),
        (
            "@perturbation(of='text')\ndef mine(): return []",
            "MG2233",
            2,
            "its first parameter takes the values",
        ),
        (
            "@perturbation(of='text')\ndef mine(texts, *, at_most: int = 1): return texts",
            "MG2233",
            2,
            "'at_most' is the engine's own key",
        ),
        (
            "@perturbation(of='text')\ndef mine(texts, *, words: dict = {}): return texts",
            "MG2233",
            2,
            "a suite cannot hold the setting 'words'",
        ),
    ],
)
def test_a_file_that_cannot_be_one_is_told_with_its_line(
    tmp_path: Path, body: str, code: str, line: int, says: str
) -> None:
    path = write(tmp_path, "mine", body)
    with pytest.raises(MistakesError) as caught:
        Library(builtin_root(), tmp_path)
    (mistake,) = caught.value.mistakes
    assert mistake.code == code
    assert says in mistake.message
    assert mistake.where
    assert (mistake.where.file, mistake.where.line) == (str(path), line)
    assert caught.value.exit_code == 2


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write(one, "typos", SHOUT.format(name="typos"))
    write(one, "mine", SHOUT.format(name="mine"))
    first = write(other, "mine", SHOUT.format(name="mine"))
    with pytest.raises(MistakesError) as caught:
        Library(builtin_root(), one, other)
    told = [(mistake.code, mistake.message) for mistake in caught.value.mistakes]
    assert [code for code, _ in told] == ["MG2232", "MG2232"]
    assert f"'typos' here and in {named('typos').path}" in told[0][1]
    assert f"'mine' here and in {one / 'perturb' / 'mine.py'}" in told[1][1]
    assert caught.value.mistakes[1].where
    assert caught.value.mistakes[1].where.file == str(first)


def test_they_are_listed_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "shout", SHOUT.format(name="shout"))
    (tmp_path / "modelgate.yaml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["list", "perturbations"]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("Perturbations")
    assert sorted(line.split()[0] for line in lines) == sorted([*perturbations(), "shout"])
    assert main(["explain", "shout"]) == 0
    said = capsys.readouterr().out
    assert "Each text is shouted." in said
    assert "  times  1        a whole number\n" in said


@pytest.mark.parametrize("name", sorted(perturbations()))
def test_each_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{name}  a perturbation of ")
    assert all(setting in said for setting in named(name).settings)


def test_a_misspelt_one_leads_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "homoglyph"]) == 2
    assert "did you mean 'homoglyphs'?" in capsys.readouterr().err
