"""The same registry in SQLite and in PostgreSQL: what is told, kept, refused and migrated."""

from __future__ import annotations

import fcntl
import gc
import re
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from modelgate.audit import audited
from modelgate.decisions.keys import public_keys
from modelgate.errors import ConflictError, StorageError, UsageError
from modelgate.promote import promote, rollback
from modelgate.registries.embedded import Registry
from modelgate.registries.schema import metadata, metrics, runs
from tests.registered import Line, added, decided, line, there
from tests.registries.conftest import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """Of a new database; None for a file in the registry's folder."""
    if request.param == "sqlite":
        return None
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.database(f"d{uuid.uuid4().hex}")


@pytest.fixture
def three(url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.chdir(tmp_path)
    made = line(tmp_path, 3, url=url)
    yield made
    made.registry.close()


def sound(found: Line) -> None:
    keys = public_keys(found.registry.keys)
    assert any("no gap" in one for one in audited(found.registry, "churn", keys))


def test_the_whole_way(three: Line) -> None:
    for number in "123":
        promote(three.place, number)
    assert rollback(three.place, "slow").version.number == 2
    with pytest.raises(ConflictError, match="MG8502"):
        promote(three.place, "1")
    sound(three)
    assert [entry.sequence for entry in three.registry.entries()] == list(range(1, 8))
    assert three.registry.entry_named("4").kind == "move"
    version = three.registry.versions("churn")[1]
    assert version.aliases == ("production",)


def test_what_was_measured_is_a_row_each(three: Line) -> None:
    with three.registry.database.reading() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(runs)).scalar()
        found = connection.execute(
            sa.select(metrics.c.value, metrics.c.n).where(metrics.c.id == "metric[accuracy]")
        ).all()
    history = three.registry.series("churn", "metric[accuracy]")
    assert (count, len(found)) == (3, 3)
    assert [one.version for one in history] == ["churn@1", "churn@2", "churn@3"]
    assert all(one.low < one.value < one.high for one in history)  # type: ignore[operator]
    assert [one.decision for one in history] == [1, 2, 3]
    with pytest.raises(UsageError, match=r"MG2417.*did you mean 'metric\[accuracy\]'"):
        three.registry.series("churn", "metric[acuracy]")
    assert all(0.9 < row.value < 1 and row.n == 342 for row in found)


def test_the_same_bytes_keep_their_number(three: Line, tmp_path: Path) -> None:
    again = added(three.registry, tmp_path, 1)
    assert again.number == 2
    assert added(three.registry, tmp_path, 1, name="other").number == 1


def test_one_wins_of_many(three: Line, url: str | None, tmp_path: Path) -> None:
    promote(three.place, "1")
    for number in range(8):
        decided(three.registry, added(three.registry, tmp_path, 50 + number), three.versions[0])
    outcomes: list[str] = []

    def work(number: int) -> None:
        registry = Registry(three.registry.folder, url=url)
        try:
            promote(there(registry), str(number))
            outcomes.append("won")
        except ConflictError as error:
            outcomes.append(error.code)
        finally:
            registry.close()

    threads = [threading.Thread(target=work, args=(4 + place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["MG8502"] * 7 + ["won"]
    sound(three)


def test_the_scripts_make_the_tables_that_the_code_speaks_of(three: Line) -> None:
    engine = three.registry.database.engine
    found = sa.inspect(engine)
    for table in metadata.tables.values():
        columns = {one["name"]: one["nullable"] for one in found.get_columns(table.name)}
        said = {one.name: bool(one.nullable) for one in table.columns}
        assert columns == said, table.name
        indexed = {tuple(one["column_names"]) for one in found.get_indexes(table.name)}
        for index in table.indexes:
            assert tuple(one.name for one in index.columns) in indexed, index.name


def test_many_may_make_it_at_once(url: str | None, tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            Registry(tmp_path / "registry", url=url).close()
        except StorageError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_one_that_was_written_by_a_later_version_is_refused(three: Line, url: str | None) -> None:
    with three.registry.database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError) as caught:
        Registry(three.registry.folder, url=url)
    assert (caught.value.code, caught.value.exit_code) == ("MG6103", 6)


# What the server cut off, psycopg says of the connection when it is thrown away.
@pytest.mark.filterwarnings("ignore:.*psycopg.Connection.*:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:.*psycopg.Connection.*:ResourceWarning")
def test_a_server_that_was_stopped_is_asked_again(cluster: Cluster, tmp_path: Path) -> None:
    made = line(tmp_path, 2, url=cluster.database(f"d{uuid.uuid4().hex}"))
    promote(made.place, "1")
    cluster.stop()
    try:
        with pytest.raises(StorageError) as caught:
            promote(made.place, "2")
        assert (caught.value.code, caught.value.exit_code) == ("MG6101", 6)
    finally:
        cluster.start()
    promote(made.place, "2")
    sound(made)
    made.registry.close()
    gc.collect()  # what was cut off goes here, not in another test


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("postgresql+psycopg://gate:s3cret@127.0.0.1:9/none", "gate:***@", id="nobody"),
        pytest.param("postgres://gate:s3cret@127.0.0.1:9/none", "gate:***@", id="no-driver"),
        pytest.param(
            "postgresql://127.0.0.1:9/none?user=gate&password=s3cret", "password=***", id="in-query"
        ),
        pytest.param("postgresql:/gate:s3cret@host", "gate:***@host", id="mistyped"),
        pytest.param("oracle://gate:s3cret@host/none", "oracle://gate:***@host", id="unknown"),
        pytest.param("://", "no registry that can be opened", id="no-url"),
    ],
)
def test_what_cannot_be_opened_is_said_so_without_its_password(
    tmp_path: Path, url: str, says: str
) -> None:
    with pytest.raises(StorageError) as caught:
        Registry(tmp_path, url=url)
    assert caught.value.code == "MG6101"
    assert says in caught.value.message
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("damage", ["cut", "garbage", "folder"])
def test_a_file_that_is_damaged_is_said_so(tmp_path: Path, damage: str) -> None:
    line(tmp_path, 1).registry.close()
    path = tmp_path / "registry" / "registry.db"
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes(content[:5000] if damage == "cut" else b"no database" * 100)
    with pytest.raises(StorageError) as caught:
        list(Registry(tmp_path / "registry").entries())
    assert (caught.value.code, caught.value.exit_code) == ("MG6101", 6)


def test_one_that_is_held_is_waited_for_and_then_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelgate.registries.database.WAIT_SECONDS", 0.2)
    made = line(tmp_path, 1)
    other = sqlite3.connect(tmp_path / "registry" / "registry.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        fresh = Registry(tmp_path / "registry")
        with pytest.raises(StorageError) as caught:
            promote(there(fresh), "1")
        assert (caught.value.code, caught.value.exit_code) == ("MG6102", 6)
        assert re.search(r"fuser|lsof", caught.value.hint or "")
    finally:
        other.execute("ROLLBACK")
        other.close()
    promote(made.place, "1")
    sound(made)


def test_a_writer_that_never_ends_is_waited_for_and_then_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs, or was stopped by its user, holds the queue before the database."""
    monkeypatch.setattr("modelgate.registries.database.WAIT_SECONDS", 0.2)
    made = line(tmp_path, 1)
    with (tmp_path / "registry" / "registry.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StorageError) as caught:
            promote(made.place, "1")
        assert (caught.value.code, caught.value.exit_code) == ("MG6102", 6)
    promote(made.place, "1")
    sound(made)


def test_names_that_nobody_has(three: Line) -> None:
    with pytest.raises(UsageError, match=r"MG2402 .*did you mean 'churn'"):
        three.registry.version("chrun", "1")
    with pytest.raises(UsageError, match="MG2403"):
        three.registry.version("churn", "9")
    with pytest.raises(UsageError, match="MG2403"):
        three.registry.version("churn", "staging")
