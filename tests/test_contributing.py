"""The worked examples of CONTRIBUTING.md work."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
import yaml

from modelgate.errors import DataError, UsageError
from modelgate.evaluation import evaluate
from modelgate.library import Library, builtin_root
from modelgate.sources.descriptor import Descriptor
from modelgate.testing import run_check

REPOSITORY = Path(__file__).parents[1]
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
EXAMPLES = dict(
    re.findall(r"^```(?:python|yaml) (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of a user's own that holds the examples."""
    for path, text in EXAMPLES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "modelgate.yaml").write_text("suite: classification\n", "utf-8")
    return tmp_path


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_check_passes_its_own_test_in_a_project(project: Path) -> None:
    path = project / "tests/checks/metrics/test_rarest_answer.py"
    rooted = path.read_text("utf-8").replace("answer=answer)", "answer=answer, root=ROOT)")
    path.write_text(f"from pathlib import Path\n{rooted}\nROOT = Path({str(project)!r})\n", "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def test_the_check_is_weighed_like_any_other(project: Path) -> None:
    result = run_check("rarest_answer", truth=["a", "b"], answer=["a", "b"], root=project)
    assert result.status == "undecided"
    assert result.limit == {"at_least": 0.01}


def test_the_perturbation_is_found_in_a_project(project: Path) -> None:
    one = Library(builtin_root(), project).perturbations["hashtags"]
    before = ["the cat walked", None, "", "12"]
    after = one(before, seed=0)
    assert one(before, seed=0, severity=3) == ["#the #cat #walked", None, "", "12"]
    assert after == one(before, seed=0)
    assert list(one.changed(before, after)) == [True, False, False, False]
    with pytest.raises(UsageError, match=r"MG2172 .*'hashtags': 'sign' is one character"):
        one.settled({"sign": "##"})


def test_the_source_reads_what_was_written(project: Path) -> None:
    orc = pytest.importorskip("pyarrow.orc", reason="this pyarrow was built without ORC")
    table = pa.table({"age": [1, 2, 3], "city": ["Oslo", "Rome", None]})
    orc.write_table(table, str(project / "rows.orc"))
    source = _loaded(project / "modelgate/sources/orc.py").Orc()
    with (project / "rows.orc").open("rb") as file:
        assert source.recognises(project / "rows.orc", file.read(64))
    data = source.open(Descriptor(project / "rows.orc"))
    assert pa.Table.from_batches(data.batches()).to_pylist() == table.to_pylist()
    assert [batch.schema.names for batch in data.batches(["city"])] == [["city"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"ORC and then nonsense", "MG3517", id="damaged"),
        pytest.param(None, "MG3507", id="no-rows"),
    ],
)
def test_the_source_never_lets_a_foreign_exception_out(
    project: Path, content: bytes | None, code: str
) -> None:
    orc = pytest.importorskip("pyarrow.orc", reason="this pyarrow was built without ORC")
    path = project / "bad.orc"
    if content is None:
        orc.write_table(pa.table({"age": pa.array([], pa.int64())}), str(path))
    else:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        _loaded(project / "modelgate/sources/orc.py").Orc().open(Descriptor(path))
    assert caught.value.code == code
    assert caught.value.exit_code == 3
    assert caught.value.where is not None
    assert caught.value.where.file == str(path)


def test_the_reporter_draws_every_result(project: Path) -> None:
    report = evaluate(
        lambda rows: ["stay"] * len(rows),
        data=pa.table({"age": range(60), "churned": ["stay", "leave"] * 30}),
        target="churned",
        suite="classification",
    )
    text = _loaded(project / "modelgate/reporters/lines.py").Lines().render(report)
    first, *rest = text.splitlines()
    assert first.startswith(f"{report.verdict.decision}\t")
    assert [line.split("\t")[2] for line in rest] == [result.id for result in report.results]


def test_the_entry_for_a_foreign_model_has_the_keys_of_the_table() -> None:
    path = "modelgate/formats/recognise.yaml"
    known = {
        key for entry in yaml.safe_load((REPOSITORY / path).read_text("utf-8")) for key in entry
    }
    (entry,) = yaml.safe_load(EXAMPLES[path])
    assert {"what", "mend"} < set(entry) <= known


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"`((?:modelgate|tests|checks|suites)/[\w./]+)`", TEXT)
    assert named
    for path in named:
        assert (REPOSITORY / path).exists(), path


def test_every_command_that_is_shown_is_one_that_ci_runs() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    for command in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "tests.benchmarks",
    ):
        assert command in TEXT
        assert command in script
