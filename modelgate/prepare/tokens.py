"""Texts as the numbers that a language model takes, by a `tokenizer.json`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from modelgate.model import Signature, Tensor
from modelgate.prepare import KIND, Feeds, Step, UnpreparedError, refuse_constants

INPUT = "text"
"""What the outward input is called."""
IDS, MASK, TYPES, POSITIONS = "ids", "mask", "types", "positions"
_UNBOUNDED = 512
"""Tokens that a row is counted as where nothing bounds it."""
_PADS = ("[PAD]", "<pad>", "<|pad|>", "<PAD>", "[pad]")


class Tokens(Step):
    """Texts, cut into tokens: ids, and mask, types and positions where the model has them.

    Rows that are asked together are padded to the longest of them, or to `max_length`. What the
    tokenizer's file says of padding and truncation itself is put aside: a suite says it.

    Attributes:
        longest: tokens of the longest row so far.
        largest: the largest id so far.
    """

    kind: ClassVar[KIND] = "tokenizer"

    def __init__(self, content: bytes, settings: Mapping[str, Any], signature: Signature) -> None:
        """Load a tokenizer.

        Args:
            content: of `tokenizer.json`.
            settings: `max_length`, `padding`, `truncation`, `pad`, `pair`.
            signature: of the model.

        Raises:
            UnpreparedError: MG3170 `tokenizers` is not installed; MG3171 the file is no tokenizer;
                MG3172 the model takes no tokens, or others.
        """
        refuse_constants(signature)
        self._parts = {one.name: (_part(one, signature), one) for one in signature.inputs}
        _refuse_no_ids(self._parts)
        self._tokenizer, self.by = _loaded(content)
        # The fast one leaves out where each token stood in the text; older versions lack it.
        self._encode = getattr(self._tokenizer, "encode_batch_fast", self._tokenizer.encode_batch)
        self._pair = bool(settings.get("pair"))
        length, always = _length(settings, signature)
        self.longest, self.largest = 0, -1
        self._length = length
        self._always = always
        self._pad, self._pad_type, self._left = _padding(self._tokenizer, settings)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cut = settings.get("truncation", True) and length is not None
        if self._cut:
            _refuse_no_room(self._tokenizer, length, pair=self._pair)
            self._tokenizer.enable_truncation(max_length=length)
        self.takes = (Tensor(INPUT, "string", (None, 2) if self._pair else (None,)),)
        self.settings = {
            "max_length": length,
            "padding": "max_length" if always else "longest",
            "truncation": bool(self._cut),
            "pad": self._pad,
            "inputs": {name: part for name, (part, _) in self._parts.items()},
        }
        self.widths = {
            name: (one.type, (length or _UNBOUNDED,)) for name, (_, one) in self._parts.items()
        }

    def __call__(self, feeds: Feeds, rows: int) -> Feeds:
        """See `Step`."""
        texts = feeds[INPUT].tolist()
        given = [tuple(pair) for pair in texts] if self._pair else texts
        found = self._cut_up(given)
        lengths = np.fromiter((len(one) for one in found), np.int64, rows)
        longest = int(lengths.max(initial=1))
        self.longest = max(self.longest, longest)
        if self._length is not None and longest > self._length:
            raise UnpreparedError(
                "MG3175",
                f"takes {self._length} tokens a row at most; a text has {longest}",
                "write `truncation: true` below `prepare:`, or a larger max_length",
                row=int(lengths.argmax()),
            )
        width = self._length if self._always and self._length is not None else max(longest, 1)
        self._refuse_no_pad(lengths, width)
        columns = np.arange(width)
        inside = columns < lengths[:, None]  # (rows, width) where a token stands
        if self._left:
            inside = inside[:, ::-1]
        made = {
            part: self._made(part, found, inside)
            for part in {part for part, _ in self._parts.values()}
        }
        self.largest = max(self.largest, int(made[IDS].max(initial=-1)))
        self._refuse_beyond(self.largest)
        return {name: made[part].astype(one.type) for name, (part, one) in self._parts.items()}

    def _refuse_beyond(self, largest: int) -> None:
        """An id that its type cannot hold would turn round, and be another token's."""
        name, tensor = next((name, one) for name, (part, one) in self._parts.items() if part == IDS)
        if largest > np.iinfo(tensor.type).max:
            raise UnpreparedError(
                "MG3173",
                f"takes {tensor.type} as {name[:60]!r}; the tokenizer makes {largest}",
                "give the `tokenizer.json` that was saved with the model",
            )

    def _cut_up(self, given: Sequence[Any]) -> Sequence[Any]:
        """The tokens of each text.

        Raises:
            UnpreparedError: MG3176, the tokenizer fails on one; the first such row is named.
        """
        try:
            return list(self._encode(given))
        except MemoryError:
            raise
        except BaseException:  # the library panics outside Exception
            for row, text in enumerate(given):
                self._cut_up_one(text, row)
            raise

    def _cut_up_one(self, text: Any, row: int) -> None:
        try:
            self._encode([text])
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 (likewise)
            raise UnpreparedError(
                "MG3176",
                f"is fed by a tokenizer that fails on a text: {' '.join(str(error).split())[:200]}",
                "give the `tokenizer.json` that was saved with the model",
                row=row,
            ) from None

    def _made(
        self, part: str, found: Sequence[Any], inside: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """(rows, width) one of the parts, for all inputs that take it."""
        if part == IDS:
            return _filled([one.ids for one in found], inside, self._pad or 0)
        if part == TYPES:
            return _filled([one.type_ids for one in found], inside, self._pad_type)
        mask = inside.astype(np.int64)
        return mask if part == MASK else np.maximum(mask.cumsum(axis=1) - 1, 0)

    def _refuse_no_pad(self, lengths: NDArray[np.int64], width: int) -> None:
        if self._pad is None and (lengths < width).any():
            raise UnpreparedError(
                "MG3172",
                "takes texts of one length; its tokenizer names no token to pad shorter ones with",
                "name it below `prepare:`, such as `pad: '[PAD]'`",
            )


def _filled(
    parts: Sequence[Sequence[int]], inside: NDArray[np.bool_], pad: int
) -> NDArray[np.int64]:
    """(rows, width) lists of different lengths, filled up where they do not stand."""
    made = np.full(inside.shape, pad, dtype=np.int64)
    made[inside] = np.fromiter(chain.from_iterable(parts), np.int64)
    return made


def _loaded(content: bytes) -> tuple[Any, str]:
    """The tokenizer, and the library's version."""
    # Its own threads would be processes more, and one order of work is as good as another.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        import tokenizers
    except ImportError:
        raise UnpreparedError(
            "MG3170",
            "needs a tokenizer, and `tokenizers` is not installed",
            "pip install 'modelgate-ci[text]'",
        ) from None
    try:
        found = tokenizers.Tokenizer.from_buffer(content)
    except Exception as error:  # noqa: BLE001 (the library raises plain Exceptions)
        raise UnpreparedError(
            "MG3171",
            f"is to be fed by a tokenizer that does not load: {error}",
            "give the `tokenizer.json` that the model was trained with, as `tokenizers` writes it",
        ) from None
    return found, f"tokenizers {tokenizers.__version__}"


def _part(tensor: Tensor, signature: Signature) -> str:
    """What an input takes, by its name: ids, mask, types or positions; "" what is none of these."""
    row = signature.row_shape(tensor)
    if tensor.type == "string" or (row is not None and len(row) != 1):
        return ""
    name = tensor.name.casefold()
    if "mask" in name:
        return MASK
    if "type" in name or "segment" in name:
        return TYPES
    if "position" in name:
        return POSITIONS
    if not tensor.type.startswith(("int", "uint")):
        return ""
    tokens = any(word in name for word in ("id", "token", "input", "word", "text", "seq"))
    return IDS if tokens or len(signature.inputs) == 1 else ""


def _refuse_no_ids(parts: Mapping[str, tuple[str, Tensor]]) -> None:
    hint = "`prepare:` with a tokenizer is for models that take token ids (batch, tokens)"
    for name, (part, one) in parts.items():
        if not part:
            shape = "?" if one.shape is None else "x".join(str(axis or "?") for axis in one.shape)
            raise UnpreparedError(
                "MG3172",
                f"has the input {name[:60]!r} ({one.type} {shape}), which a tokenizer does not"
                " make: it makes ids, mask, types and positions of tokens",
                hint,
            )
    told = [part for part, _ in parts.values()]
    twice = next((part for part in told if told.count(part) > 1), None)
    if IDS not in told or twice:
        named = ", ".join(repr(name[:60]) for name in parts)
        what = f"{twice} twice" if twice else "no ids of tokens"
        raise UnpreparedError("MG3172", f"takes {what}; its inputs are {named}", hint)


def _length(settings: Mapping[str, Any], signature: Signature) -> tuple[int | None, bool]:
    """Tokens of a row at most, and whether each row has so many."""
    length: int | None = settings.get("max_length")
    always = settings.get("padding") == "max_length"
    rows = [signature.row_shape(one) for one in signature.inputs]
    fixed = {row[0] for row in rows if row and row[0] is not None}
    if not fixed:
        return length, always
    size = min(fixed)
    if len(fixed) > 1 or (length is not None and length != size):
        raise UnpreparedError(
            "MG3172",
            f"takes exactly {size} tokens a row, not {length or max(fixed)}",
            f"write `max_length: {size}` below `prepare:`",
        )
    return size, True


def _refuse_no_room(tokenizer: Any, length: int | None, *, pair: bool) -> None:
    """A row holds more than the marks that the tokenizer puts around each text."""
    marks = int(tokenizer.num_special_tokens_to_add(pair))
    if length is not None and length <= marks:
        raise UnpreparedError(
            "MG3172",
            f"is to get {length} tokens a row; {marks} of them are the tokenizer's own marks, so"
            " that no word of a text is left",
            "write a larger `max_length` below `prepare:`",
        )


def _padding(tokenizer: Any, settings: Mapping[str, Any]) -> tuple[int | None, int, bool]:
    """The id and the type that fill up a row, and whether they stand before it."""
    told = tokenizer.padding or {}
    left = told.get("direction") == "left"
    kind = int(told.get("pad_type_id", 0))
    if settings.get("pad"):
        found = tokenizer.token_to_id(settings["pad"])
        if found is None:
            raise UnpreparedError(
                "MG3172",
                f"is to be padded with {settings['pad'][:60]!r}, which its tokenizer does not know",
            )
        return found, kind, left
    if "pad_id" in told:
        return int(told["pad_id"]), kind, left
    known = (tokenizer.token_to_id(word) for word in _PADS)
    return next((one for one in known if one is not None), None), kind, left
