"""Texts become the numbers that the tokenizer's own library makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from modelgate.model import Signature
from modelgate.prepare import UnpreparedError
from modelgate.prepare.tokens import Tokens
from modelgate.worker.explain import Refusal
from modelgate.worker.prepared import explained
from tests.prepare.conftest import SENTENCES, content, signature, trained

TEXTS = np.array(SENTENCES, dtype=object)
IDS = ("input_ids", "int64", ("batch", "tokens"))
MASK = ("attention_mask", "int64", ("batch", "tokens"))
TYPES = ("token_type_ids", "int64", ("batch", "tokens"))


def tokens(settings: Mapping[str, Any], model: Signature, *, by: Any = None) -> Tokens:
    return Tokens(content(by or trained()), settings, model)


def test_rows_are_what_the_library_itself_makes_of_them() -> None:
    tokenizer = trained()
    made = tokens({}, signature(IDS, MASK, TYPES))({"text": TEXTS}, len(TEXTS))
    tokenizer.enable_padding(pad_id=0)
    wanted = tokenizer.encode_batch(list(SENTENCES))
    assert made["input_ids"].tolist() == [one.ids for one in wanted]
    assert made["attention_mask"].tolist() == [one.attention_mask for one in wanted]
    assert made["token_type_ids"].tolist() == [one.type_ids for one in wanted]


def test_longest_pads_to_the_longest_of_the_rows_and_max_length_to_always_the_same() -> None:
    longest = tokens({"max_length": 30}, signature(IDS))({"text": TEXTS[2:3]}, 1)["input_ids"]
    always = tokens({"max_length": 30, "padding": "max_length"}, signature(IDS))
    padded = always({"text": TEXTS[2:3]}, 1)["input_ids"]
    assert longest.shape[1] < 30
    assert padded.shape == (1, 30)
    assert padded[0, : longest.shape[1]].tolist() == longest[0].tolist()
    assert set(padded[0, longest.shape[1] :].tolist()) == {0}


def test_what_is_too_long_is_cut_as_the_library_cuts_it() -> None:
    tokenizer = trained()
    made = tokens({"max_length": 4}, signature(IDS))({"text": TEXTS}, len(TEXTS))["input_ids"]
    tokenizer.enable_truncation(max_length=4)
    assert made.tolist() == [one.ids for one in tokenizer.encode_batch(list(SENTENCES))]


def test_what_is_too_long_and_may_not_be_cut_is_told() -> None:
    step = tokens({"max_length": 4, "truncation": False}, signature(IDS))
    with pytest.raises(UnpreparedError, match="takes 4 tokens a row at most; a text has") as caught:
        step({"text": TEXTS}, len(TEXTS))
    assert caught.value.code == "MG3175"


def test_padding_and_truncation_that_the_file_asks_for_do_not_count() -> None:
    tokenizer = trained()
    tokenizer.enable_truncation(max_length=3)
    tokenizer.enable_padding(length=50, pad_id=0)
    made = tokens({}, signature(IDS), by=tokenizer)({"text": TEXTS}, len(TEXTS))["input_ids"]
    assert 3 < made.shape[1] < 50


def test_a_tokenizer_that_pads_on_the_left_does_so() -> None:
    tokenizer = trained()
    tokenizer.enable_padding(direction="left", pad_id=1)
    made = tokens({}, signature(IDS, MASK), by=tokenizer)({"text": TEXTS[1:3]}, 2)
    assert made["input_ids"][1, 0] == 1
    assert made["attention_mask"][1].tolist() == sorted(made["attention_mask"][1].tolist())
    assert made["attention_mask"][0].min() == 1


def test_positions_count_tokens_and_not_their_padding() -> None:
    model = signature(IDS, ("position_ids", "int64", ("batch", "tokens")))
    made = tokens({"max_length": 12, "padding": "max_length"}, model)({"text": TEXTS[2:3]}, 1)
    count = len(trained().encode(SENTENCES[2]).ids)
    assert made["position_ids"][0, :count].tolist() == list(range(count))


def test_pairs_of_texts_have_types() -> None:
    pairs = np.array([[SENTENCES[0], SENTENCES[3]]], dtype=object)
    step = tokens({"pair": True}, signature(IDS, TYPES))
    made = step({"text": pairs}, 1)
    wanted = trained().encode(SENTENCES[0], SENTENCES[3])
    assert step.takes[0].shape == (None, 2)
    assert made["input_ids"][0].tolist() == wanted.ids
    assert made["token_type_ids"][0].tolist() == wanted.type_ids


@pytest.mark.parametrize("type_", ["int32", "int64"])
def test_numbers_are_of_the_type_of_the_input(type_: str) -> None:
    model = signature(
        ("input_ids", type_, ("batch", None)), ("input_mask", "float32", ("batch", None))
    )
    made = tokens({}, model)({"text": TEXTS}, len(TEXTS))
    assert made["input_ids"].dtype.name == type_
    assert made["input_mask"].dtype.name == "float32"


@pytest.mark.parametrize("name", ["input_ids", "ids", "tokens", "Input.1", "x", "input_word_ids"])
def test_the_only_whole_numbers_are_the_ids_whatever_they_are_called(name: str) -> None:
    made = tokens({}, signature((name, "int64", (None, None))))({"text": TEXTS}, len(TEXTS))
    assert made[name].tolist()[0][0] == 2


def test_a_model_of_a_fixed_length_is_padded_and_cut_to_it() -> None:
    step = tokens({}, signature(("input_ids", "int64", ("batch", 5))))
    assert step({"text": TEXTS}, len(TEXTS))["input_ids"].shape == (6, 5)
    assert step.settings["max_length"] == 5
    assert step.settings["padding"] == "max_length"


def test_rows_do_not_hang_on_their_neighbours_but_for_padding() -> None:
    step = tokens({"max_length": 12, "padding": "max_length"}, signature(IDS, MASK, TYPES))
    together = step({"text": TEXTS}, len(TEXTS))
    for row in range(len(TEXTS)):
        alone = step({"text": TEXTS[row : row + 1]}, 1)
        assert all((alone[name][0] == together[name][row]).all() for name in together)


def test_an_empty_text_is_its_marks_and_nothing_else() -> None:
    made = tokens({}, signature(IDS))({"text": np.array([""], dtype=object)}, 1)["input_ids"]
    assert made.tolist() == [[2, 3]]
    plain = tokens({}, signature(IDS, MASK), by=trained(special=False))
    assert plain({"text": np.array([""], dtype=object)}, 1)["attention_mask"].tolist() == [[0]]


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        pytest.param([("image", "float32", ("n", 3, 8, 8))], "'image' (float32", id="an-image"),
        pytest.param([("x", "float32", ("n", 7))], "'x' (float32", id="a-table"),
        pytest.param([("text", "string", ("n",))], "'text' (string", id="text-itself"),
        pytest.param([("attention_mask", "int64", ("n", "t"))], "no ids of tokens", id="no-ids"),
        pytest.param(
            [IDS, ("decoder_input_ids", "int64", ("n", "t"))], "takes ids twice", id="a-decoder"
        ),
        pytest.param(
            [IDS, ("pixels", "float32", ("n", "t"))], "'pixels' (float32", id="something-beside"
        ),
    ],
)
def test_a_model_that_takes_no_tokens_is_refused(
    inputs: list[tuple[str, str, tuple[int | str | None, ...]]], part: str
) -> None:
    with pytest.raises(UnpreparedError) as caught:
        tokens({}, signature(*inputs))
    assert caught.value.code == "MG3172"
    assert part in caught.value.message


def test_a_length_that_is_not_the_models_is_refused() -> None:
    with pytest.raises(UnpreparedError, match="takes exactly 5 tokens a row, not 128") as caught:
        tokens({"max_length": 128}, signature(("input_ids", "int64", ("batch", 5))))
    assert (caught.value.code, "max_length: 5" in caught.value.hint) == ("MG3172", True)


def test_two_inputs_of_different_lengths_are_refused() -> None:
    model = signature(("input_ids", "int64", ("n", 5)), ("attention_mask", "int64", ("n", 6)))
    with pytest.raises(UnpreparedError, match="takes exactly 5 tokens a row, not 6"):
        tokens({}, model)


def test_an_input_without_rows_is_refused() -> None:
    model = signature(IDS)
    lonely = Signature(
        (*model.inputs, *signature(("size", "int64", (3,))).inputs), (), batched=("input_ids",)
    )
    with pytest.raises(UnpreparedError, match="takes 'size' beside its rows") as caught:
        tokens({}, lonely)
    assert caught.value.code == "MG3172"


@pytest.mark.parametrize(
    "broken", [b"", b"{}", b"\x00\xff", content(trained())[:-40], b'{"version": "1.0"}']
)
def test_a_broken_file_is_told(broken: bytes) -> None:
    with pytest.raises(UnpreparedError, match="a tokenizer that does not load") as caught:
        Tokens(broken, {}, signature(IDS))
    assert caught.value.code == "MG3171"


def test_a_pad_that_the_tokenizer_does_not_know_is_told() -> None:
    with pytest.raises(UnpreparedError, match=r"'\[NO\]', which its tokenizer does not") as caught:
        tokens({"pad": "[NO]"}, signature(IDS))
    assert caught.value.code == "MG3172"


def test_without_a_pad_rows_of_different_lengths_are_refused_and_others_not() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words: Any = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a"))  # noqa: S106
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    step = tokens({}, signature(IDS), by=words)
    assert step({"text": np.array(["a b", "b b"], object)}, 2)["input_ids"].tolist() == [
        [0, 1],
        [1, 1],
    ]
    with pytest.raises(UnpreparedError, match="names no token to pad") as caught:
        step({"text": np.array(["a b", "b"], object)}, 2)
    assert caught.value.code == "MG3172"
    named = tokens({"pad": "b"}, signature(IDS), by=words)
    assert named({"text": np.array(["a a", "a"], object)}, 2)["input_ids"].tolist() == [
        [0, 0],
        [0, 1],
    ]


def test_a_length_that_leaves_no_room_for_a_word_is_refused() -> None:
    with pytest.raises(UnpreparedError, match="2 of them are the tokenizer's own marks") as caught:
        tokens({"max_length": 2}, signature(IDS))
    assert caught.value.code == "MG3172"
    assert tokens({"max_length": 3}, signature(IDS))({"text": TEXTS}, 6)["input_ids"].shape == (
        6,
        3,
    )


def _without_unknown(told: dict[str, Any]) -> None:
    told["model"] |= {"unk_token": "[GONE]"}


def _runs_away(told: dict[str, Any]) -> None:
    pattern = {"Regex": "(o+)+$"}
    told["pre_tokenizer"] = {
        "type": "Split",
        "pattern": pattern,
        "behavior": "Isolated",
        "invert": False,
    }


@pytest.mark.parametrize(
    ("change", "text"),
    [
        pytest.param(_without_unknown, "ξ", id="no-unknown-word"),
        pytest.param(_runs_away, "o" * 40 + "b", id="a-pattern-that-runs-away"),
    ],
)
def test_a_text_that_the_tokenizer_fails_on_is_told_with_its_row(
    change: Callable[[dict[str, Any]], None], text: str
) -> None:
    told = json.loads(content(trained()))
    change(told)
    step = Tokens(json.dumps(told).encode(), {}, signature(IDS))
    with pytest.raises(UnpreparedError, match="a tokenizer that fails on a text") as caught:
        step({"text": np.array(["win", text, "now"], object)}, 3)
    assert (caught.value.code, caught.value.row) == ("MG3176", 1)


def test_an_id_beyond_the_type_of_the_input_never_turns_round() -> None:
    told = json.loads(content(trained()))
    told["model"]["vocab"]["win"] = (1 << 32) - 6  # as int32, that is -6: a row of many embeddings
    step = Tokens(json.dumps(told).encode(), {}, signature(("input_ids", "int32", ("n", "t"))))
    with pytest.raises(UnpreparedError, match="the tokenizer makes 4294967290") as caught:
        step({"text": np.array(["win"], object)}, 1)
    assert caught.value.code == "MG3173"


BEYOND = (
    "Gather: indices element out of data bounds, idx={} must be within the inclusive range [-8,7]"
)


@pytest.mark.parametrize(
    ("refusal", "code", "part"),
    [
        pytest.param(
            Refusal("MG3160", BEYOND.format(11)), "MG3173", "its embedding knows 8", id="tokens"
        ),
        pytest.param(Refusal("MG4002", "broke off: Add"), "MG4002", "Add", id="else"),
    ],
)
def test_a_model_that_breaks_off_is_explained_by_its_tokens(
    refusal: Refusal, code: str, part: str
) -> None:
    step = tokens({}, signature(IDS))
    step({"text": TEXTS}, len(TEXTS))
    found = explained(refusal, step)
    assert (found.code, part in found.message) == (code, True)
    assert code == "MG3173" or "a text has " in found.hint


def test_a_text_of_more_tokens_than_the_model_has_places_is_not_blamed_on_the_vocabulary() -> None:
    words: Any = trained()
    step = tokens({}, signature(IDS), by=words)
    step({"text": np.array(["[PAD] " * 12], object)}, 1)
    found = explained(Refusal("MG3160", BEYOND.format(8)), step)
    assert found.code == "MG3175"
    assert found.message == "knows 8 places of tokens; a text has 14"
    assert "`max_length: 8`" in found.hint
