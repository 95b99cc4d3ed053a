"""Whatever is done in whatever order: the invariants hold after every step.

`MODELGATE_STEPS=10000` runs as many steps in all, in place of a few hundred.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from modelgate.errors import ConflictError, DeployError, RefusedError, StrandedError, UsageError
from modelgate.promote import promote, rollback
from modelgate.registries import Version
from modelgate.registries.embedded import Registry
from tests.faults.operations import PROJECT, SUITE, holds
from tests.registered import added, decided, there, trial

STEPS = 25
RUNS = max(4, int(os.environ.get("MODELGATE_STEPS", "0")) // STEPS)
DEPLOY = """\
#!/bin/sh
test ! -e broken-$MODELGATE_VERSION || exit 1
echo "$MODELGATE_NAME@$MODELGATE_VERSION" > serves
"""


class Production(RuleBasedStateMachine):
    """One model, its versions, its alias, and a target that may fail.

    Beside the registry stands the simplest account of what should be there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="modelgate-any-"))
        self.back = Path.cwd()
        os.chdir(self.folder)
        self.registry = Registry(Path("registry"))
        self.versions: list[Version] = []
        self.verdicts: dict[int, tuple[bool, int | None, bool]] = {}
        self.stack: list[int] = []
        self.looks = 0

    @initialize(serves=st.booleans())
    def project(self, serves: bool) -> None:
        trial()
        Path("suite.yaml").write_text(SUITE, "utf-8")
        line = "target: {command: [./deploy.sh], withdraw: [rm, -f, serves]}" if serves else ""
        text = PROJECT.format(target=line).replace("suite: suite.yaml\n", "")
        Path("modelgate.yaml").write_text(text, "utf-8")
        Path("deploy.sh").write_text(DEPLOY, "utf-8")
        Path("deploy.sh").chmod(0o755)
        self.target = serves

    @property
    def standing(self) -> int | None:
        return self.stack[-1] if self.stack else None

    @precondition(lambda self: len(self.versions) < 6)
    @rule()
    def register(self) -> None:
        self.versions.append(added(self.registry, self.folder, len(self.versions)))

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), passed=st.booleans(), over=st.booleans(), stale=st.booleans())
    def decide(self, data: Any, passed: bool, over: bool, stale: bool) -> None:
        """Against whom stands there, or against another one; good for a month, or over already."""
        version = data.draw(st.sampled_from(self.versions))
        others: list[int | None] = [one.number for one in self.versions if one != version]
        other = data.draw(st.sampled_from([None, *others])) if stale else self.standing
        if other == version.number:
            other = None
        champion = None if other is None else self.registry.version("churn", str(other))
        self.looks += 1
        decided(
            self.registry,
            version,
            champion,
            passed=passed,
            days=-1 if over else 30,
            seed=self.looks,
        )
        self.verdicts[version.number] = (passed, other, over)

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), fails=st.booleans())
    def promote(self, data: Any, fails: bool) -> None:
        number = data.draw(st.sampled_from(self.versions)).number
        passed, against, over = self.verdicts.get(number, (False, None, False))
        broken = Path(f"broken-{number}")
        if fails:
            broken.touch()
        again = number == self.standing
        try:
            promote(there(self.registry), str(number))
        except RefusedError:
            assert not passed or over
        except ConflictError:
            assert against != self.standing
        except (DeployError, StrandedError):
            assert fails
            assert self.target
        else:
            assert not (fails and self.target)
            assert again or (passed and not over and against == self.standing)
            if not again:
                self.stack.append(number)
        finally:
            broken.unlink(missing_ok=True)

    @rule(why=st.sampled_from(["slow", " "]), fails=st.booleans())
    def roll_back(self, why: str, fails: bool) -> None:
        before = self.stack[-2] if len(self.stack) > 1 else None
        broken = Path(f"broken-{before}")
        if fails:
            broken.touch()
        try:
            rollback(there(self.registry), why)
        except UsageError:
            assert before is None or not why.strip()
        except (DeployError, StrandedError):
            assert fails
            assert self.target
        else:
            assert why.strip()
            self.stack.pop()
        finally:
            broken.unlink(missing_ok=True)

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def lose_bytes(self, data: Any) -> None:
        """A version whose bytes are lost for a while is never promoted, nor served."""
        version = data.draw(st.sampled_from(self.versions))
        name = version.parts[0].digest.removeprefix("sha256:")
        blob = Path("registry", "blobs", "sha256", name[:2], name)
        kept = blob.read_bytes()
        blob.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        stood = self.registry.alias("churn", "production")
        served = Path("serves").read_text("utf-8") if Path("serves").exists() else None
        with suppress(RefusedError, ConflictError):
            promote(there(self.registry), str(version.number))
            assert not self.target
            assert version.number == self.standing  # it stood there: nothing was moved
        assert self.registry.alias("churn", "production") == stood
        now = Path("serves").read_text("utf-8") if Path("serves").exists() else None
        assert now == served
        blob.write_bytes(kept)

    @rule()
    def open_anew(self) -> None:
        self.registry.close()
        self.registry = Registry(Path("registry"))

    @invariant()
    def what_stands_is_what_was_moved(self) -> None:
        version = self.registry.alias("churn", "production")
        assert (None if version is None else version.number) == self.standing
        if getattr(self, "target", False):
            served = Path("serves")
            said = served.read_text("utf-8").strip() if served.exists() else None
            assert said == (None if self.standing is None else f"churn@{self.standing}")

    @invariant()
    def all_else_holds(self) -> None:
        holds(self.folder)

    def teardown(self) -> None:
        self.registry.close()
        os.chdir(self.back)
        shutil.rmtree(self.folder)


TestProduction = Production.TestCase
TestProduction.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize="MODELGATE_STEPS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
