"""Properties: what has to hold of a model's answers to any input, and the search for one it breaks.

Inputs are drawn column by column from what the rows of a sample hold (`domains/`), asked in a few
large calls (`search.py`), and the ones that break a property are made as simple as they can be
(`shrinking.py`).
"""

from __future__ import annotations

from modelgate.properties.asked import Answered, Property
from modelgate.properties.domains import Reach
from modelgate.properties.known import Wish, known
from modelgate.properties.own import must_hold
from modelgate.properties.told import outcome_of

__all__ = ["Answered", "Property", "Reach", "Wish", "known", "must_hold", "outcome_of"]
