from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from modelgate import Cases, Model, Outcome, check
from modelgate.behaviour.case_matrix import by_capability, by_test
from modelgate.behaviour.case_verdicts import judged, shown_cases
from modelgate.behaviour.cases import refuse_strange, rows_of
from modelgate.stats.shares import clopper_pearson


@check(
    family="behaviour",
    severity="blocker",
    at_most=0,
    cases="examples",
    example=("must_get_right: animals", "examples: animals.yaml"),
    unit="share",
)
def must_get_right(
    model: Model,
    cases: Cases,
    *,
    examples: Path,
    labels: tuple[str | int | None, ...] = (),
    shown: int = 5,
) -> Outcome:
    """Cases that were written and labelled by hand are answered rightly.

    What everybody expects of the model, and no test set holds: the sentence that must not be
    misread, the customer who must not be refused. A case has one right answer or several, and is
    right with any of them; or it holds inputs that must all be answered alike, or among which a
    score may not fall, or rise. These cases are all that is asked about, so that the share of
    failures is a fact of them, held to its limit as it is; the report has an interval beside it,
    for whoever takes them for a sample of others. No label of the data is needed: a model can be
    checked by cases alone.

    Measures: the share of cases that are answered wrongly; 1 as soon as a case that is `critical`
        is among them. An answer with NaN is wrong. Where a direction is asked and the first answer
        leaves no room to move, the case is set aside, and counted apart.
    Settings: examples, the file with the cases, relative to the suite: YAML, JSON lines (CheckList
        suites too) or CSV; each has an `input` (a text, the columns of a row, or the name of an
        image beside the file) or a `template`, `expect` (or `same`, `not_lower`, `not_higher`), and
        perhaps `critical: true`, `capability` and, for numbers, `tolerance`. labels, the model's
        classes for the labels 0, 1, ... of a CheckList suite, null for one that it does not know;
        the suite's `model: classes` where it says nothing. shown, how many the evidence holds.
    Source: Ribeiro et al. (2020), "Beyond Accuracy: Behavioral Testing of NLP Models with
        CheckList", ACL, 4902-4912.
    """
    del examples, labels
    refuse_strange(cases, model.facts)
    answers = model.predict(rows_of(cases, model.schema), folder=cases.path.parent)
    found = judged(cases, model.facts, answers)
    wrong = np.flatnonzero(found.wrong)
    n = int(found.asked.sum())
    critical = [int(one) for one in wrong if cases.cases[one].critical]
    order = [*critical, *(int(one) for one in wrong if not cases.cases[one].critical)]
    details: dict[str, Any] = {
        "wrong": len(wrong),
        "critical": len(critical),
        "set_aside": len(cases) - n,
        "left_out": cases.left_out,
        "matrix": by_capability(cases, found),
        "tests": by_test(cases, found),
        "templates": [
            {"template": one.template, "cases": one.cases, "of": one.of, "where": str(one.where)}
            for one in cases.filled
        ],
    }
    if not n:
        reason = "no case could be judged: the first answers leave no room to move"
        return Outcome(value=None, better="lower", kind="exact", reason=reason, details=details)
    share, interval = len(wrong) / n, clopper_pearson(len(wrong), n)
    verb = "is" if len(wrong) == 1 else "are"
    says = f"{len(wrong):,} of {n:,} cases {verb} answered wrongly"
    if critical:
        says += ", a critical one" if len(wrong) == 1 else f", {len(critical):,} of them critical"
    return Outcome(
        value=1.0 if critical else share,
        better="lower",
        kind="exact",
        n=n,
        method="count of cases",
        says=f"{says}." if len(wrong) else "",
        evidence=shown_cases(cases, model.facts, answers, found, order[:shown]),
        details={**details, "share": share, "interval": [interval.low, interval.high]},
    )
