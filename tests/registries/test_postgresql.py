"""PostgreSQL alone: commits that are cut off, a server that is silent, many who want one alias."""

from __future__ import annotations

import gc
import socket
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from modelgate.audit import audited
from modelgate.decisions.keys import public_keys
from modelgate.errors import ModelgateError, StorageError
from modelgate.promote import promote
from modelgate.registries import postgresql
from modelgate.registries.embedded import Registry
from tests.registered import Line, added, decided, line, there
from tests.registries.conftest import Cluster
from tests.registries.proxy import Proxy, When, proxy

# What the server cut off, psycopg says of the connection when it is thrown away.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*psycopg.Connection.*:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PROMOTERS = 64


@pytest.fixture(autouse=True)
def thrown_away() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def two(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Two versions, the first of which stands at the alias."""
    monkeypatch.chdir(tmp_path)
    made = line(tmp_path, 2, url=cluster.database(f"d{uuid.uuid4().hex}"))
    promote(made.place, "1")
    yield made
    made.registry.close()


@pytest.fixture
def between(cluster: Cluster) -> Iterator[Proxy]:
    with proxy(cluster.folder / ".s.PGSQL.5432") as made:
        yield made


def through(made: Line, carried: Proxy) -> Registry:
    name = sa.make_url(made.registry.database.url).database
    url = f"postgresql://gate@127.0.0.1:{carried.port}/{name}?sslmode=disable"
    return Registry(made.registry.folder, url=url)


def moves(made: Line) -> list[int]:
    """Where the alias was led, one a move; the log is sound and the alias agrees with it."""
    found = [move.body["to"] for _, move in made.registry.statements(name="churn", kind="move")]
    standing = made.registry.standing("churn", "production")
    assert standing is not None
    assert standing[0].number == found[-1]
    audited(made.registry, "churn", public_keys(made.registry.keys))
    return found


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_a_commit_that_is_cut_off_is_reported_as_what_it_became(
    two: Line, between: Proxy, when: When
) -> None:
    registry = through(two, between)
    try:
        between.when = when
        code = None
        try:
            assert promote(there(registry), "2").version.number == 2
        except StorageError as error:
            code = error.code
        assert between.cuts == 1
        assert code == {"before": "MG6101", "after": None}.get(when, code)
        assert moves(two) == ([1, 2] if code is None else [1])
        promote(there(registry), "2")
        assert moves(two) == [1, 2]
    finally:
        registry.close()


@pytest.mark.parametrize(("when", "after"), [("before", [1]), ("after", [1, 2])])
def test_a_commit_whose_server_does_not_come_back_is_not_called_a_failure(
    two: Line,
    between: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    when: When,
    after: list[int],
) -> None:
    monkeypatch.setattr(postgresql, "ASK_SECONDS", 0.2)
    registry = through(two, between)
    try:
        between.when, between.back = when, False
        with pytest.raises(StorageError, match="does not say") as caught:
            promote(there(registry), "2")
        assert (caught.value.code, caught.value.exit_code) == ("MG6104", 6)
        assert moves(two) == after
        between.back = True
        promote(there(registry), "2")
        assert moves(two) == [1, 2]
    finally:
        registry.close()


def test_a_version_whose_commit_is_cut_off_is_there_once(
    two: Line, between: Proxy, tmp_path: Path
) -> None:
    registry = through(two, between)
    try:
        version = added(registry, tmp_path, 9)
        between.when = "after"
        decided(registry, version, two.versions[0])
        assert between.cuts == 1
        found = list(two.registry.entries(kind="decision"))
        assert [one.subject for one in found].count(version.digest) == 1
    finally:
        registry.close()


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_writers_see_what_those_before_them_wrote_whatever_the_server_s_default(
    two: Line, level: str
) -> None:
    engine = two.registry.database.engine
    name = sa.make_url(two.registry.database.url).database
    with engine.begin() as connection:
        connection.execute(
            sa.text(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
        )
    engine.dispose()
    outcomes = raced(two, 8)
    assert sorted(outcome for outcome, _ in outcomes) == ["MG8502"] * 7 + ["won"]
    assert len(moves(two)) == 2


def test_a_reader_sees_one_state(two: Line) -> None:
    with two.registry.database.reading() as connection:
        asked = sa.text("SELECT count(*) FROM entries")
        first = connection.execute(asked).scalar()
        promote(two.place, "2")
        assert connection.execute(asked).scalar() == first
    assert moves(two) == [1, 2]


def raced(made: Line, count: int) -> list[tuple[str, float]]:
    """What became of so many that promote a version each to one alias, and the seconds it took."""
    folder = made.registry.folder.parent
    numbers = []
    for number in range(count):
        version = added(made.registry, folder, 100 + number)
        decided(made.registry, version, made.versions[0])
        numbers.append(version.number)
    barrier = threading.Barrier(count)
    outcomes: list[tuple[str, float]] = []

    def work(number: int) -> None:
        registry = Registry(made.registry.folder, url=made.registry.database.url)
        where = there(registry)
        barrier.wait(60)
        began, outcome = time.perf_counter(), "won"
        try:
            promote(where, str(number))
        except ModelgateError as error:
            outcome = error.code if error.exit_code == 10 else f"{error}"
        finally:
            outcomes.append((outcome, time.perf_counter() - began))
            registry.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_of_64_promoters_wins_and_nobody_starves(two: Line) -> None:
    outcomes = raced(two, PROMOTERS)
    assert sorted(outcome for outcome, _ in outcomes) == ["MG8502"] * (PROMOTERS - 1) + ["won"]
    spans = [seconds for _, seconds in outcomes]
    assert max(spans) < 10 * statistics.mean(spans)
    assert len(moves(two)) == 2


def test_more_may_wait_at_one_registry_than_a_pool_usually_holds(two: Line) -> None:
    count = 24
    barrier = threading.Barrier(count)
    failed: list[BaseException] = []

    def work() -> None:
        barrier.wait(60)
        try:
            promote(two.place, "2")
        except ModelgateError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert moves(two) == [1, 2]


def test_a_server_that_takes_a_connection_and_says_nothing_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setattr(postgresql, "ANSWER_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://gate:s3cret@127.0.0.1:{silent.getsockname()[1]}/none"
        with pytest.raises(StorageError, match="timeout") as caught:
            Registry(tmp_path, url=url)
    assert (caught.value.code, caught.value.exit_code) == ("MG6101", 6)
    assert "s3cret" not in str(caught.value)


def test_a_driver_that_is_missing_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError, match="needs the package 'psycopg'") as caught:
        Registry(tmp_path, url="postgresql://gate@127.0.0.1:9/none")
    assert (caught.value.code, caught.value.exit_code) == ("MG6101", 6)
    assert caught.value.hint == "pip install 'modelgate-ci[postgres]'"
