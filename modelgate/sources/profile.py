"""Profiles, which stand for the data that they are of where no rows are asked for."""

from __future__ import annotations

from pathlib import Path

from modelgate.dataset import Dataset
from modelgate.errors import Where
from modelgate.profiles.stored import MOST_BYTES, ProfileData, begins_profile, parsed
from modelgate.sources import Source, Told
from modelgate.sources.descriptor import Descriptor


class ProfileSource(Source):
    """What `modelgate drift DATA --save-profile FILE` writes."""

    name = "profile"
    suffixes = (".profile.json",)

    def recognises(self, path: Path, head: bytes) -> bool:  # noqa: ARG002
        """By its first bytes."""
        return begins_profile(head)

    def _open(self, descriptor: Descriptor, told: Told) -> Dataset:  # noqa: ARG002
        raw = descriptor.seekable().read(MOST_BYTES + 1)
        profile = parsed(raw, Where(descriptor.name))
        descriptor.verify()
        return ProfileData(profile, descriptor.name, digest=descriptor.digest, size=descriptor.size)
