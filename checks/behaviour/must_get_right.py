from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from modelgate import Cases, Model, Outcome, check
from modelgate.behaviour.answers import said
from modelgate.behaviour.cases import right, rows_of
from modelgate.stats.shares import clopper_pearson


@check(
    family="behaviour",
    severity="blocker",
    at_most=0,
    cases="examples",
    example=("must_get_right: animals", "examples: animals.yaml"),
)
def must_get_right(model: Model, cases: Cases, *, examples: Path, shown: int = 5) -> Outcome:
    """Cases that were written and labelled by hand are answered rightly.

    What everybody expects of the model, and no test set holds: the sentence that must not be
    misread, the customer who must not be refused. A case has one right answer or several, and is
    right with any of them. These cases are all that is asked about, so that the share of failures
    is a fact of them, held to its limit as it is; the report has an interval beside it, for
    whoever takes them for a sample of others. No label of the data is needed: a model can be
    checked by cases alone.

    Measures: the share of cases that are answered wrongly; 1 as soon as a case that is `critical`
        is among them. An answer with NaN is wrong.
    Settings: examples, the file with the cases, relative to the suite: YAML, JSON lines or CSV;
        each has an `input` (a text, or the columns of a row), `expect`, and perhaps `critical:
        true`, `capability` and, for numbers, `tolerance`. shown, how many the evidence holds.
    Source: Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with
        CheckList", ACL, 4902-4912 (minimum functionality tests).
    """
    del examples
    answers = model.predict(rows_of(cases, model.schema))
    good = right(cases, model.facts, answers)
    wrong = np.flatnonzero(~good)
    critical = [int(one) for one in wrong if cases.cases[one].critical]
    order = [*critical, *(int(one) for one in wrong if int(one) not in set(critical))]
    share = len(wrong) / len(cases)
    verb = "is" if len(wrong) == 1 else "are"
    says = f"{len(wrong):,} of {len(cases):,} cases {verb} answered wrongly"
    if critical:
        says += ", a critical one" if len(wrong) == 1 else f", {len(critical):,} of them critical"
    interval = clopper_pearson(len(wrong), len(cases))
    return Outcome(
        value=1.0 if critical else share,
        better="lower",
        kind="exact",
        n=len(cases),
        method="count of cases",
        says=f"{says}." if len(wrong) else "",
        evidence=tuple(
            {
                "type": "input",
                "input": cases.cases[one].input,
                "expected": list(cases.cases[one].expect),
                "answer": said(model.facts, answers, one),
                "where": str(cases.cases[one].where),
            }
            for one in order[:shown]
        ),
        details={
            "wrong": len(wrong),
            "critical": len(critical),
            "share": share,
            "interval": [interval.low, interval.high],
            "capabilities": _by_capability(cases, good),
        },
    )


def _by_capability(cases: Cases, good: np.ndarray[Any, Any]) -> dict[str, list[int]]:
    """Capability -> how many of its cases are answered wrongly, and how many it has."""
    found: dict[str, list[int]] = {}
    for case, held in zip(cases.cases, good, strict=True):
        counted = found.setdefault(case.capability or "all others", [0, 0])
        counted[0] += not held
        counted[1] += 1
    return found
