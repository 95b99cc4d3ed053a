"""What `modelgate demo` tells on the way: each verdict with its reason, and what to try next."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from modelgate.console import Page
from modelgate.counterexamples import is_counterexample
from modelgate.counterexamples import told as counterexample
from modelgate.demo import SUITE, TOPICS, TOPICS_SUITE, TUMOURS, Candidate
from modelgate.figures import number
from modelgate.outcome import Severity, Status
from modelgate.report import Report, Result
from modelgate.sentences import sentence
from modelgate.summary import COLOURS, chosen, why

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BEST, WORST = TUMOURS[0].path, TUMOURS[-1].path
NEXT = (
    (f"modelgate check {WORST} --suite {SUITE}", "the whole report of the blocked one"),
    (
        f"modelgate check {BEST} --suite classification --data data/test.csv --target diagnosis",
        "a ready-made suite: enough for a first look at a model",
    ),
    (
        f"modelgate check {TOPICS[1].path} --suite {TOPICS_SUITE}",
        "the one that is better in numbers, and misreads a sentence",
    ),
    ("modelgate explain metric", "what a check measures, and how"),
)
WIDTH_OF_VERDICT = len("PROMOTE")


class Tour:
    """Tells the demo's story on a console."""

    def __init__(self, folder: Path, console: Console) -> None:
        self._folder = folder
        self._page = Page(console)

    def begin(self) -> None:
        """Say what is about to happen."""
        self._page.put(
            self._page.text(
                f"{len(TUMOURS)} models that tell malignant tumours from benign ones, on rows"
                f" that none has seen. All files are in {self._folder}."
            )
        )

    def _turn(self) -> None:
        """Say that other models follow."""
        self._page.put("")
        self._page.put(
            self._page.text(
                f"{len(TOPICS)} models that say what a sentence is about. Some answers everybody"
                f" expects, and no test set holds: {TOPICS_SUITE} has them written by hand."
            )
        )

    def show(self, candidate: Candidate, report: Report) -> None:
        """One model: what it is, the verdict, and the sentence that says why."""
        if candidate == TOPICS[0]:
            self._turn()
        page, decision = self._page, report.verdict.decision
        name = page.text(Path(candidate.path).name, "bold")
        name.append_text(page.text(f", {candidate.story}", "not bold"))
        page.put("")
        page.put(
            page.hanging(
                page.text(decision.upper().ljust(WIDTH_OF_VERDICT), COLOURS[decision]),
                [name, page.text(_reason(report)), *self._shown(report), *self._bare(report)],
            )
        )

    def _shown(self, report: Report) -> list[Text]:
        """The first input that was answered wrongly, where a check shows one."""
        failed = [one for one in report.results if one.status is Status.FAILED]
        entries = (entry for one in failed for entry in one.evidence if is_counterexample(entry))
        first = next(entries, None)
        return [] if first is None else [self._page.text(line) for line in counterexample(first)]

    def _bare(self, report: Report) -> list[Text]:
        """What two bare numbers would have said, as most teams compare them."""
        found = next((one for one in report.results if one.versus and one.champion), None)
        champion = report.subject["champion"]["digest"]
        if found is None or found.value is None or champion == report.subject["model"]["digest"]:
            return []
        assert found.champion is not None
        good = found.value >= found.champion
        sign, said = (">=", "promoted") if good else ("<", "blocked")
        numbers = f"{number(found.value)} {sign} {number(found.champion)}"
        words = f'"candidate >= champion" would have {said} it: {numbers}.'
        return [self._page.text(words, "dim")]

    def end(self) -> None:
        """Say what to try next."""
        page = self._page
        page.put("")
        page.put(page.text("Try next", "bold"))
        page.put(page.indented(page.text(f"cd {quote(str(self._folder))}")))
        for command, purpose in NEXT:
            page.put(page.indented(page.text(command)))
            page.put(page.indented(page.text(purpose, "dim"), 6))


def _reason(report: Report) -> str:
    """The result that weighed most, in words."""
    heavy = [result for result in report.results if result.severity is Severity.BLOCKER]
    ordered, _ = chosen(result for result in heavy if _tells(result))
    if not ordered:
        return why(report)
    compared = (one for one in ordered if one.versus and one.status is ordered[0].status)
    return sentence(next(compared, ordered[0]))


def _tells(result: Result) -> bool:
    return bool(result.limit) and (result.kind == "statistical" or result.status is Status.FAILED)
