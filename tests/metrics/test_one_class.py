import pytest

from modelgate.testing import run_check


@pytest.mark.parametrize("metric", ["balanced_accuracy", "f1", "mcc"])
def test_of_one_class_alone_nothing_is_told_and_nothing_breaks(metric: str) -> None:
    result = run_check(
        "metric", subject=metric, truth=["a"] * 50, answer=["a"] * 50, classes=["a"], at_least=0.5
    )
    assert result.status == "undecided"
    assert result.reason
    assert result.reason.startswith("undefined: ")
