"""The results that a page shows, and what they are called there."""

from __future__ import annotations

from modelgate.sentences import title
from modelgate.summary import chosen
from tests.results import result


def test_results_that_would_be_called_the_same_are_told_apart_by_their_settings() -> None:
    alike = [
        result("features", id="drift[features]", check="drift"),
        result("features", id="drift[features, method=psi]", check="drift"),
        result("features", id="drift[features]@today", check="drift"),
        result("target", id="drift[target, method=psi]", check="drift"),
        result(id="metric[accuracy]"),
        result(id="metric[accuracy] v champion", versus="champion"),
    ]
    shown, left_out = chosen(alike)
    assert [title(one) for one in shown] == [
        "drift features",
        "drift features, method=psi",
        "drift features, of today",
        "drift target",
        "accuracy",
        "accuracy v champion",
    ]
    assert left_out == []
