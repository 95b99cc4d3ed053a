"""Sentences, images and raw rows through the whole gate, as a user puts them in."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

import modelgate
from modelgate.errors import ModelgateError
from modelgate.options import Options
from modelgate.report import Report
from tests.prepare.conftest import LABELS, SENTENCES, bag_of_words, content, log_odds, trained

Suite = Callable[..., Path]


def accuracy(report: Report) -> float | None:
    return next(one.value for one in report.results if one.check == "metric")


def write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture
def spam(tmp_path: Path) -> Path:
    """A model, its tokenizer and sentences, in one folder; the model's path."""
    tokenizer = trained()
    (tmp_path / "tokenizer.json").write_bytes(content(tokenizer))
    rows = [(label, text) for label, text in zip(LABELS, SENTENCES, strict=True)] * 20
    write_rows(tmp_path / "data.csv", ("label", "text"), rows)
    return bag_of_words(tmp_path / "spam.onnx", log_odds(tokenizer, SENTENCES, LABELS))


TOKENS = "{tokenizer: tokenizer.json, max_length: 16}"
CLASSES = "classes: [ham, spam]"


def test_sentences_are_judged(spam: Path, suite: Suite) -> None:
    report = modelgate.evaluate(spam, suite=suite(TOKENS, model=CLASSES))
    assert accuracy(report) == 1.0
    assert report.verdict.decision == "promote"


def test_the_report_names_what_prepared_the_rows_by_its_digest(spam: Path, suite: Suite) -> None:
    import hashlib

    report = modelgate.evaluate(spam, suite=suite(TOKENS, model=CLASSES))
    told = report.subject["model"]["prepare"]
    digest = hashlib.sha256((spam.parent / "tokenizer.json").read_bytes()).hexdigest()
    assert (told["kind"], told["name"]) == ("tokenizer", "tokenizer.json")
    assert told["digest"] == f"sha256:{digest}"
    assert told["by"].startswith("tokenizers ")
    assert told["settings"]["max_length"] == 16
    assert [one["name"] for one in told["inputs"]] == ["input_ids", "attention_mask"]
    assert report.subject["model"]["signature"]["inputs"][0]["name"] == "text"
    assert report.subject["data"]["test"]["images"] is None


def test_a_model_without_a_preparation_says_so(spam: Path, tmp_path: Path) -> None:
    rows = [[int(label == "spam"), 1, 1] for label in LABELS]
    write_rows(tmp_path / "ids.csv", ("label", "input_ids", "attention_mask"), rows)
    report = modelgate.evaluate(spam, data=tmp_path / "ids.csv", target="label")
    assert report.subject["model"]["prepare"] is None


def test_the_command_line_takes_sentences(spam: Path, suite: Suite) -> None:
    command = [sys.executable, "-m", "modelgate", "check", str(spam), "--suite"]
    done = subprocess.run(
        [*command, str(suite(TOKENS, model=CLASSES))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "prepared by: tokenizer tokenizer.json (sha256:" in done.stdout


def test_the_only_column_of_text_is_the_text(spam: Path, suite: Suite, tmp_path: Path) -> None:
    rows = [[n, label, text] for n, (label, text) in enumerate(zip(LABELS, SENTENCES, strict=True))]
    write_rows(tmp_path / "more.csv", ("id", "label", "said"), rows)
    report = modelgate.evaluate(spam, suite=suite(TOKENS, data="more.csv", model=CLASSES))
    assert accuracy(report) == 1.0


def test_one_of_several_columns_of_text_has_to_be_named(
    spam: Path, suite: Suite, tmp_path: Path
) -> None:
    rows = [["x", label, text] for label, text in zip(LABELS, SENTENCES, strict=True)]
    write_rows(tmp_path / "two.csv", ("id", "label", "said"), rows)
    with pytest.raises(ModelgateError) as caught:
        modelgate.evaluate(spam, suite=suite(TOKENS, data="two.csv", model=CLASSES))
    assert (caught.value.code, caught.value.exit_code) == ("MG3104", 3)
    told = f"{CLASSES}, inputs: {{text: said}}"
    report = modelgate.evaluate(spam, suite=suite(TOKENS, data="two.csv", model=told))
    assert accuracy(report) == 1.0


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(spam: Path, suite: Suite, threads: int) -> None:
    path = suite(TOKENS, model=CLASSES)
    one = modelgate.evaluate(spam, suite=path, options=Options(cache=False))
    more = modelgate.evaluate(spam, suite=path, options=Options(cache=False, threads=threads))
    assert [result.value for result in more.results] == [result.value for result in one.results]


def test_a_champion_is_prepared_likewise(spam: Path, suite: Suite, tmp_path: Path) -> None:
    weights = log_odds(trained(), SENTENCES, LABELS)
    poor = bag_of_words(tmp_path / "poor.onnx", weights[:, ::-1])
    report = modelgate.evaluate(poor, suite=suite(TOKENS, model=CLASSES), champion=spam)
    assert accuracy(report) == 0.0
    assert report.verdict.decision == "block"
    assert report.subject["champion"]["prepare"] == report.subject["model"]["prepare"]


def test_without_data_words_are_made_up(spam: Path, tmp_path: Path) -> None:
    path = tmp_path / "smoke.yaml"
    path.write_text(f"model: {{prepare: {TOKENS}}}\nchecks:\n  - finite_outputs: all\n")
    report = modelgate.evaluate(spam, suite=path)
    assert {one.status.value for one in report.results} == {"passed"}


def test_a_check_asks_the_model_about_sentences_of_its_own(
    spam: Path, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "checks" / "behaviour"
    folder.mkdir(parents=True)
    (tmp_path / "modelgate.yaml").write_text("suite: suite.yaml\n")
    (folder / "says_spam.py").write_text(
        '''"""Is a prize spam?"""

from modelgate import Model, Outcome, check


@check(family="behaviour")
def says_spam(model: Model) -> Outcome:
    """A prize is spam, and lunch is not."""
    found = model.predict(["claim your free prize", "lunch at home"]).labels
    return Outcome(value=float(list(found) == [1, 0]), better="higher", kind="exact")
'''
    )
    path = suite(TOKENS, model=CLASSES)
    path.write_text(path.read_text() + "  - says_spam: all\n    at_least: 1\n")
    monkeypatch.chdir(tmp_path)
    report = modelgate.evaluate(spam, suite=path)
    assert next(one.value for one in report.results if one.check == "says_spam") == 1.0


@pytest.fixture
def digits(tmp_path: Path, shared_data: Path) -> Path:
    """Sixty digits as PNG files in a folder beside a table that names them; the folder."""
    known = np.load(shared_data / "images" / "mnist_t10k_1500.npz")
    (tmp_path / "png").mkdir()
    rows = []
    for row in range(60):
        name = f"png/{row}.png"
        Image.fromarray(known["x"][row]).save(tmp_path / name)
        rows.append((name, int(known["y"][row])))
    write_rows(tmp_path / "data.csv", ("file", "label"), rows)
    cells = [(tmp_path / name).read_bytes() for name, _ in rows]
    table = pa.table({"picture": pa.array(cells, pa.binary()), "label": [y for _, y in rows]})
    pq.write_table(table, tmp_path / "data.parquet")
    np.savez(tmp_path / "data.npz", x=known["x"][:60], label=known["y"][:60])
    return tmp_path


DIGITS = "classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"


@pytest.mark.shared
@pytest.mark.parametrize("data", ["data.csv", "data.parquet", "data.npz"])
@pytest.mark.parametrize(
    ("model", "prepare", "least"),
    [
        pytest.param("cnn_mnist_dynamic", "{image: {scale: 1/255}}", 0.95, id="cnn"),
        pytest.param("mnist8_batch1", "{image: {}}", 0.95, id="one-a-call"),
        pytest.param(
            "mnist_softmax_flat",
            "{image: {size: [28, 28], channels: L, scale: 1/255}}",
            0.85,
            id="flat",
        ),
    ],
)
def test_image_files_bytes_and_arrays_are_judged_alike(
    model: str, prepare: str, least: float, data: str, digits: Path, suite: Suite, shared_data: Path
) -> None:
    assert (digits / data).exists()
    path = suite(prepare, data=data, model=DIGITS)
    report = modelgate.evaluate(shared_data / "onnx" / f"{model}.onnx", suite=path)
    found = accuracy(report)
    assert found is not None
    assert found >= least
    images = report.subject["data"]["test"]["images"]
    if data == "data.csv":
        assert images["files"] == 60
        assert images["digest"].startswith("sha256:")
    else:
        assert images is None


@pytest.mark.shared
def test_answers_to_image_files_are_not_remembered_by_the_tables_digest(
    digits: Path, suite: Suite, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelgate.recording.FEWEST_ROWS", 1)
    model = shared_data / "onnx" / "cnn_mnist_dynamic.onnx"
    path = suite("{image: {scale: 1/255}}", model=DIGITS)
    first = modelgate.evaluate(model, suite=path)
    for file in (digits / "png").iterdir():
        Image.new("L", (28, 28)).save(file)
    second = modelgate.evaluate(model, suite=path)
    assert accuracy(first) != accuracy(second)
    one, two = (report.subject["data"]["test"]["images"] for report in (first, second))
    assert one["digest"] != two["digest"]


@pytest.mark.shared
def test_photographs_are_resized_for_a_model_of_224_pixels(
    digits: Path, suite: Suite, shared_data: Path
) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(photo).save(digits / "png" / "0.png")
    Image.fromarray(photo[:, ::-1]).convert("L").save(digits / "png" / "1.jpg", quality=95)
    write_rows(digits / "two.csv", ("file", "label"), [("png/0.png", 1), ("png/1.jpg", 2)] * 4)
    path = suite(
        "{image: {shorter: 256, crop: center, scale: 1/255, mean: [0.485, 0.456, 0.406],"
        " std: [0.229, 0.224, 0.225]}}",
        data="two.csv",
        model=f"classes: {list(range(1000))}",
    )
    report = modelgate.evaluate(shared_data / "onnx" / "light_squeezenet.onnx", suite=path)
    assert report.results[0].n == 8


def headed(source: Path, into: Path, output: str, width: int) -> Path:
    """An encoder with a classifier on the mean of its tokens."""
    model = onnx.load(source)
    graph = model.graph
    rng = np.random.default_rng(0)
    graph.initializer.extend(
        [numpy_helper.from_array(rng.normal(size=(width, 2)).astype(np.float32), "head")]
    )
    graph.node.extend(
        [
            helper.make_node("ReduceMean", [output], ["pooled"], axes=[1], keepdims=0),
            helper.make_node("MatMul", ["pooled", "head"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
        ]
    )
    del graph.output[:]
    graph.output.append(
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])
    )
    onnx.save(model, into)
    return into


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "output", "width", "words"),
    [
        pytest.param("dummy_transformer_3inputs", "output_0", 16, 18, id="three-inputs"),
        pytest.param("random_encoder_llm", "last_hidden_state", 8, 200, id="two-inputs"),
    ],
)
def test_transformers_take_sentences(
    name: str,
    output: str,
    width: int,
    words: int,
    tmp_path: Path,
    suite: Suite,
    shared_data: Path,
) -> None:
    model = headed(shared_data / "onnx" / f"{name}.onnx", tmp_path / "m.onnx", output, width)
    sentences = ["ab ba", "a", "b a b", "aa bb ab"]
    (tmp_path / "tokenizer.json").write_bytes(content(trained(sentences, words=words)))
    rows = list(zip(LABELS[1:5], sentences, strict=True)) * 10
    write_rows(tmp_path / "data.csv", ("label", "text"), rows)
    report = modelgate.evaluate(model, suite=suite(TOKENS, model=CLASSES))
    assert report.results[0].n == 40
    inputs = [one["name"] for one in report.subject["model"]["prepare"]["inputs"]]
    assert inputs == ["input_ids", "attention_mask", "token_type_ids"][: len(inputs)]
    assert {r.status.value for r in report.results if r.check == "determinism"} == {"passed"}


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """Raw rows of numbers, words and gaps; also as `data.csv`."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "size": rng.normal(10, 3, 200).round(2),
            "town": rng.choice(["Rome", "Oslo"], 200),
            "age": rng.integers(18, 80, 200),
        }
    )
    rows["label"] = np.where((rows["town"] == "Oslo") ^ (rows["age"] > 50), "yes", "no")
    rows.loc[::17, "size"] = np.nan
    rows.to_csv(tmp_path / "data.csv", index=False)
    return rows


def estimator(table: pd.DataFrame, *, text_gaps: bool = False) -> tuple[Any, Any]:
    """A fitted transformer of these rows, and a classifier behind it."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    transformer = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["size", "age"]),
            ("words", words if text_gaps else OneHotEncoder(), ["town"]),
        ]
    ).fit(table.drop(columns="label"))
    made = transformer.transform(table.drop(columns="label"))
    return transformer, LogisticRegression().fit(made, table["label"])


def classifier(path: Path, model: Any, width: int) -> Path:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    kinds = [("features", FloatTensorType([None, width]))]
    onnx.save(
        convert_sklearn(model, initial_types=kinds, options={"zipmap": False}, target_opset=17),
        path,
    )
    return path


def test_raw_rows_go_through_a_transformer_of_scikit_learn(
    tmp_path: Path, table: pd.DataFrame, suite: Suite
) -> None:
    import skops.io

    transformer, model = estimator(table)
    skops.io.dump(transformer, tmp_path / "rows.skops")
    path = classifier(tmp_path / "m.onnx", model, 4)
    report = modelgate.evaluate(path, suite=suite("{sklearn: rows.skops}"))
    wanted = (
        model.predict(transformer.transform(table.drop(columns="label"))) == table["label"]
    ).mean()
    assert accuracy(report) == pytest.approx(float(wanted))
    assert report.subject["model"]["prepare"]["by"].startswith("scikit-learn ")


def test_a_missing_word_reaches_the_transformer_as_missing(
    tmp_path: Path, table: pd.DataFrame, suite: Suite
) -> None:
    import skops.io

    table.loc[::9, "town"] = None
    table.to_csv(tmp_path / "data.csv", index=False)
    transformer, model = estimator(table.fillna({"town": np.nan}), text_gaps=True)
    skops.io.dump(transformer, tmp_path / "rows.skops")
    path = classifier(tmp_path / "m.onnx", model, 4)
    report = modelgate.evaluate(path, suite=suite("{sklearn: rows.skops}"))
    rows = table.drop(columns="label").fillna({"town": np.nan})
    wanted = (model.predict(transformer.transform(rows)) == table["label"]).mean()
    assert accuracy(report) == pytest.approx(float(wanted))


def test_raw_rows_go_through_a_featuriser_of_onnx(
    tmp_path: Path, table: pd.DataFrame, suite: Suite
) -> None:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    transformer, model = estimator(table)
    kinds = [
        ("size", FloatTensorType([None, 1])),
        ("town", StringTensorType([None, 1])),
        ("age", FloatTensorType([None, 1])),
    ]
    onnx.save(
        convert_sklearn(transformer, initial_types=kinds, target_opset=17), tmp_path / "f.onnx"
    )
    path = classifier(tmp_path / "m.onnx", model, 4)
    report = modelgate.evaluate(path, suite=suite("{onnx: f.onnx}"))
    wanted = (
        model.predict(transformer.transform(table.drop(columns="label"))) == table["label"]
    ).mean()
    assert accuracy(report) == pytest.approx(float(wanted))
    inputs = report.subject["model"]["signature"]["inputs"]
    assert [one["name"] for one in inputs] == ["size", "town", "age"]


def test_a_data_frame_goes_through_a_preparation_too(
    tmp_path: Path, table: pd.DataFrame, suite: Suite
) -> None:
    import skops.io

    transformer, model = estimator(table)
    skops.io.dump(transformer, tmp_path / "rows.skops")
    path = classifier(tmp_path / "m.onnx", model, 4)
    told = suite("{sklearn: rows.skops}")
    from_file = modelgate.evaluate(path, suite=told)
    from_memory = modelgate.evaluate(path, data=table, target="label", suite=told)
    assert accuracy(from_memory) == accuracy(from_file)


@pytest.mark.shared
def test_a_check_may_show_a_model_of_image_files_bytes_and_arrays(
    digits: Path, suite: Suite, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes images has their pixels, not files of them."""
    folder = digits / "checks" / "behaviour"
    folder.mkdir(parents=True)
    (digits / "modelgate.yaml").write_text("suite: suite.yaml\n")
    (folder / "alike.py").write_text(
        '''"""Are files, bytes and pixels the same to the model?"""

from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from modelgate import Model, Outcome, Sample, check


@check(family="behaviour")
def alike(model: Model, sample: Sample) -> Outcome:
    """The same image is answered alike, however it comes."""
    names = sample.rows.column("file").to_pylist()
    raw = [Path(name).read_bytes() for name in names]
    pixels = np.stack([np.asarray(Image.open(name)) for name in names])
    cells = pa.FixedSizeListArray.from_arrays(
        pa.FixedSizeListArray.from_arrays(pa.array(pixels.reshape(-1)), 28), 28
    )
    asked = [pa.record_batch({"file": column}) for column in (pa.array(raw, pa.binary()), cells)]
    found = [model.predict(rows).scores for rows in asked]
    same = all((one == sample.answers.scores).all() for one in found)
    return Outcome(value=float(same), better="higher", kind="exact")
'''
    )
    path = suite("{image: {scale: 1/255}}", model=DIGITS)
    path.write_text(path.read_text() + "  - alike: all\n    at_least: 1\n")
    monkeypatch.chdir(digits)
    model = shared_data / "onnx" / "cnn_mnist_dynamic.onnx"
    report = modelgate.evaluate(model, suite=path)
    assert next(one.value for one in report.results if one.check == "alike") == 1.0


@pytest.mark.shared
def test_who_forgets_the_preparation_is_told_what_to_write(
    digits: Path, spam: Path, shared_data: Path
) -> None:
    with pytest.raises(ModelgateError) as caught:
        modelgate.evaluate(
            shared_data / "onnx" / "cnn_mnist_dynamic.onnx",
            data=pd.DataFrame({"file": ["a.png"], "label": [1]}),
            target="label",
        )
    assert "prepare: {image:" in (caught.value.hint or "")
    with pytest.raises(ModelgateError) as caught:
        modelgate.evaluate(spam, data=spam.parent / "data.csv", target="label")
    assert (digits / "png").is_dir()
    assert caught.value.code == "MG3104"
