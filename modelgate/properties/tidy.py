"""Hypothesis without what it else leaves lying in the folder that somebody works in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """Let Hypothesis keep its tables in a folder that ends with this block.

    It writes `.hypothesis` into the current folder, even where it is told to keep no examples.
    """
    from hypothesis import configuration

    before = vars(configuration).get("__hypothesis_home_directory")
    with TemporaryDirectory(prefix="modelgate-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
