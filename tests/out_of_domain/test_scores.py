import numpy as np
import pyarrow as pa
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2, entropy

from modelgate.encoded_rows import Encoder
from modelgate.out_of_domain.answers import unfamiliar
from modelgate.out_of_domain.inputs import distances, mahalanobis
from modelgate.predictions import Predictions

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(50, 4)) * 3
SCORES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)


def test_scores_of_answers_are_what_they_are_called() -> None:
    answers = Predictions(scores=SCORES, logits=LOGITS)
    ordered = np.sort(SCORES, axis=1)
    for name, expected in {
        "max_probability": 1 - ordered[:, -1],
        "entropy": entropy(SCORES, axis=1) / np.log(4),
        "margin": 1 - (ordered[:, -1] - ordered[:, -2]),
        "energy": -logsumexp(LOGITS, axis=1),
    }.items():
        found = unfamiliar(answers, name)
        assert not isinstance(found, str)
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_sure_answer_and_none_at_all_are_the_ends_of_the_entropy() -> None:
    found = unfamiliar(Predictions(scores=np.array([[1.0, 0.0], [0.5, 0.5]])), "entropy")
    assert not isinstance(found, str)
    np.testing.assert_allclose(found, [0, 1], atol=1e-12)


def test_an_answer_that_is_not_finite_is_the_most_unfamiliar() -> None:
    found = unfamiliar(Predictions(scores=np.array([[np.nan, 0.5], [0.5, 0.5]])), "margin")
    assert not isinstance(found, str)
    assert found.tolist() == [np.inf, 1.0]


@pytest.mark.parametrize(
    ("answers", "score", "says"),
    [
        (Predictions(scores=SCORES), "energy", "an energy takes logits"),
        (Predictions(labels=np.zeros(3, dtype=np.int64)), "margin", "answers without scores"),
    ],
)
def test_what_is_missing_is_said(answers: Predictions, score: str, says: str) -> None:
    assert says in str(unfamiliar(answers, score))


@pytest.mark.parametrize("size", [2, 10, 40])
def test_distances_of_normal_inputs_have_the_law_of_chi_square(size: int) -> None:
    rng = np.random.default_rng(size)
    measure = mahalanobis(rng.normal(size=(20_000, size)), 0)
    below = (measure(rng.normal(size=(20_000, size))) < chi2.ppf(0.95, size)).mean()
    assert below == pytest.approx(0.95, abs=0.008)


@pytest.mark.parametrize("score", ["mahalanobis", "neighbours", "isolation_forest"])
def test_rows_from_far_away_lie_further_than_known_ones(score: str) -> None:
    rng = np.random.default_rng(1)

    def rows(moved: float, country: str) -> pa.RecordBatch:
        return pa.RecordBatch.from_pydict(
            {
                "x": rng.normal(moved, 1, 300).tolist(),
                "y": [None, *rng.normal(moved, 1, 299).tolist()],
                "country": rng.choice(["BR", country], 300).tolist(),
            }
        )

    measure = distances(rows(0, "US"), ("x", "y", "country"), score, 0)
    assert not isinstance(measure, str)
    near, far = measure(rows(0, "US")), measure(rows(6, "XX"))
    assert np.median(far) > np.quantile(near, 0.95)


def test_categories_that_were_never_seen_are_a_number_of_their_own() -> None:
    known = pa.RecordBatch.from_pydict({"c": ["a", "a", "b", None]})
    encode = Encoder(known, ("c",))
    other = pa.RecordBatch.from_pydict({"c": ["a", "b", "z", None]})
    assert encode(other).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_infinite_and_missing_numbers_are_far_away_and_in_the_middle() -> None:
    known = pa.RecordBatch.from_pydict({"x": RNG.normal(size=100).tolist()})
    encode = Encoder(known, ("x",))
    found = encode(pa.RecordBatch.from_pydict({"x": [float("inf"), None, float("nan")]}))
    assert found[0, 0] == 1e6
    assert found[1:, 0].tolist() == [0, 0]


def test_inputs_of_no_kind_that_can_be_compared_are_said() -> None:
    rows = pa.RecordBatch.from_pydict({"x": [[1], [2]]})
    assert "inputs cannot be compared" in str(distances(rows, ("x",), "neighbours", 0))
