"""A Python callable takes the same columns of every data set."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modelgate.asking.function import CallableAsker
from modelgate.errors import DataError
from modelgate.suite import ModelPart

HERE = pa.RecordBatch.from_pydict({"x": [1.0, 2.0], "label": ["a", "b"]})


def _answer(frame: pd.DataFrame) -> "np.typing.NDArray[np.float64]":
    assert list(frame.columns) == ["x"]
    return np.asarray(frame["x"])


def test_of_a_second_data_set_it_takes_the_columns_of_the_first() -> None:
    asker = CallableAsker(_answer)
    asker.bind(HERE.schema, ("label",), ModelPart())
    more = pa.RecordBatch.from_pydict({"id": [7], "x": [5.0]})
    asker.bind(more.schema, (None,), ModelPart())
    assert asker.columns == ("x",)
    assert asker.look(more)["answer"].tolist() == [5.0]


@pytest.mark.parametrize(
    "told", [ModelPart(), ModelPart(inputs={"features": ("x",)})], ids=["untold", "told"]
)
def test_a_data_set_without_them_cannot_be_asked_about(told: ModelPart) -> None:
    asker = CallableAsker(_answer)
    asker.bind(HERE.schema, ("label",), told)
    with pytest.raises(DataError, match="no column 'x', which the callable takes") as error:
        asker.bind(pa.schema([("y", pa.float64())]), (None,), told)
    assert (error.value.code, error.value.exit_code) == ("MG3103", 3)
