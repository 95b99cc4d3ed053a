"""The real data sets, row by row as their own publishers count them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modelgate.errors import DataError
from modelgate.sources import open_dataset

pytestmark = pytest.mark.shared

TABLES = {
    "tabular/titanic.csv": (891, 12),
    "tabular/german_credit.csv": (1000, 22),
    "tabular/telco_churn.csv": (7043, 21),
    "tabular/penguins.csv": (344, 8),
    "tabular/auto_mpg.csv": (398, 9),
    "tabular/diamonds_5th.csv": (10788, 11),
    "drift/bike_day.csv": (731, 16),
    "drift/bike_hour.csv": (17379, 17),
    "drift/titanic_reference.csv": (891, 15),
    "drift/titanic_analysis.csv": (418, 14),
    "drift/titanic_target.csv": (418, 2),
    "drift/nyc_weather_jfk.csv": (8706, 15),
    "drift/seattle_weather.csv": (1461, 6),
    "behavioural/winogender_all_sentences.tsv": (720, 2),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_say_what_pandas_reads(shared_data: Path, name: str) -> None:
    dataset = open_dataset(shared_data / name)
    table = pa.Table.from_batches(dataset.batches())
    assert (table.num_rows, table.num_columns) == TABLES[name]
    expected = pd.read_csv(shared_data / name, sep=None, engine="python")
    for column in table.column_names:
        found = table[column].to_pandas()
        if pd.api.types.is_numeric_dtype(found):
            wanted = pd.to_numeric(expected[column].replace(" ", None))
            np.testing.assert_allclose(found, wanted, rtol=1e-15)
        else:
            known = expected[column].notna()
            assert found[known].astype(str).tolist() == expected[column][known].tolist()


def test_blanks_among_numbers_are_missing(shared_data: Path) -> None:
    dataset = open_dataset(shared_data / "tabular/telco_churn.csv")
    assert dataset.schema.field("TotalCharges").type == pa.float64()
    assert sum(batch[0].null_count for batch in dataset.batches(["TotalCharges"])) == 11


def test_a_file_without_header_is_refused_with_its_mend(shared_data: Path) -> None:
    with pytest.raises(DataError, match="'ham' is also a value of column 1") as caught:
        open_dataset(shared_data / "text/sms_spam.tsv")
    assert caught.value.code == "MG3510"
    assert "line of names" in str(caught.value.hint)


def test_with_a_header_no_message_is_swallowed_by_a_quotation_mark(
    shared_data: Path, tmp_path: Path
) -> None:
    content = (shared_data / "text/sms_spam.tsv").read_bytes()
    (tmp_path / "sms.tsv").write_bytes(b"label\ttext\n" + content)
    rows = sum(len(batch) for batch in open_dataset(tmp_path / "sms.tsv").batches())
    assert rows == content.count(b"\n")


def test_pictures_come_out_pixel_by_pixel(shared_data: Path) -> None:
    path = shared_data / "images/mnist_t10k_1500.npz"
    dataset = open_dataset(path)
    (block,) = dataset.blocks()
    with np.load(path) as file:
        assert block["x"].to_pylist() == file["x"].tolist()
        assert block["y"].to_pylist() == file["y"].tolist()
