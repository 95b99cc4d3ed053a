from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from modelgate import Model, Outcome, Sample, check
from modelgate.drift.told import by_use, drift_of, drift_together
from modelgate.drift.use import uses
from modelgate.errors import UsageError
from modelgate.profiles.answers import AnswerProfile
from modelgate.profiles.profile import Profile
from modelgate.provided import Bound
from modelgate.surveys import Of, Survey, SurveyNeed
from modelgate.surveys.row_sample import EmbeddedRows, RowSample


def survey_for(settings: Mapping[str, Any]) -> SurveyNeed:
    """What of the rows is compared: only `predictions` put them to the model."""
    if settings["of"] == "embeddings" and settings["output"] is not None:
        return SurveyNeed(EmbeddedRows, (("output", settings["output"]),))
    together = {"multivariate": RowSample, "embeddings": RowSample}
    kinds: dict[str, type[Survey]] = {"predictions": AnswerProfile, **together}
    return SurveyNeed(kinds.get(settings["of"], Profile))


@check(
    family="drift",
    subject="of",
    severity="minor",
    at_most=0.05,
    surveys=survey_for,
    example=("drift: features",),
)
def drift(
    found: Survey,
    reference: Annotated[Survey, Of(setting="against")],
    bound: Bound,
    model: Model | None,
    sample: Sample | None,
    *,
    of: Literal["features", "target", "predictions", "columns", "multivariate", "embeddings"],
    against: str = "reference",
    method: Literal["auto", "ks", "chi_square", "psi", "jensen_shannon", "wasserstein"] = "auto",
    columns: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    output: str | None = None,
) -> Outcome:
    """The rows are of the kind that the model was trained on.

    Each column is compared with the reference's: numbers by the largest difference between the
    shares of rows up to a value (Kolmogorov and Smirnov), categories by the share of rows that
    would have to change category (total variation), texts by their length, and how many rows lack
    a value. A shift counts where it is shown, whatever the number of columns (Holm, 5 %), and is
    larger than the limit besides: with a million rows everything is significant, and nearly nothing
    matters. It passes where a larger one is ruled out in every column.

    `predictions` compares what the model answers, and tells harm best: a shift that leaves the
    answers as they were seldom matters. Compare with rows that the model has not learnt from: to
    those that it has, it answers more surely. `multivariate` takes all features together: trees
    are trained to tell the two data sets apart, and their scores of rows that they never saw are
    compared, so that columns are found that no longer hang together. `embeddings` does the same
    with columns of vectors, or with an `output` of the model, such as its last layer but one. At
    most 5,000 rows of each are taken.

    Measures: the largest shift of a column, 0 where it is the same, 1 where nothing is shared.
    Settings: of, what is compared: the columns that feed the model (those that shifted are ranked
        by how far the model's answers hang on them), the target, the predictions, all columns one
        by one or together, or vectors. against, the role that is compared with. method, by which
        columns are compared; of those that it cannot compare nothing is said. A limit means another
        thing by each: a normal column that moves by an eighth of its spread lies 0.05 apart by ks
        and jensen_shannon, 0.016 by psi, 0.125 by wasserstein. columns, only these. ignore, all but
        these. output, of the model, whose vectors are compared.
    Source: S. Rabanser, S. Guennemann, Z. C. Lipton (2019), "Failing loudly: an empirical study of
        methods for detecting dataset shift", NeurIPS.
    """
    further: dict[str, Any] = {"columns": columns, "ignore": ignore, "floor": bound.at_most}
    if output is not None and of != "embeddings":
        raise UsageError("MG2265", f"'output' belongs to `drift: embeddings`, not to {of}")
    if isinstance(found, EmbeddedRows):
        further["columns"] = [found.output]
    if isinstance(found, RowSample) and isinstance(reference, RowSample):
        return drift_together(reference, found, of=of, **further)
    assert isinstance(found, Profile | AnswerProfile)
    assert isinstance(reference, Profile | AnswerProfile)
    outcome = drift_of(reference, found, of=of, method=method, **further)
    shifted = [line["column"] for line in outcome.details.get("columns", ()) if line["drifted"]]
    if of != "features" or model is None or sample is None or not shifted:
        return outcome
    return by_use(outcome, uses(model, sample, list(dict.fromkeys(shifted))))
