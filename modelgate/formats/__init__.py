"""What a model may come as: one file a format."""

from __future__ import annotations

from modelgate.formats.recognise import recognise as recognise

__all__ = ["recognise"]
