"""What other libraries do to find drift: the loop that `modelgate drift` is measured against.

FROZEN. This file must not be changed, not even to make it faster: every figure that was ever
published is a ratio to it. A better loop goes into a new file, with figures of its own.

Both files are read into data frames whole; each column of numbers goes through
`scipy.stats.ks_2samp`, each column of categories is counted and goes through
`scipy.stats.chi2_contingency`. That is what frouros 0.9 does for each of its detectors, its own
import (0.5 s) left out; nannyml, deepchecks and Evidently do the same and more.

Run as `python -m tests.benchmarks.frozen_drift REFERENCE CURRENT`, in a process of its own.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp

SHOWN = 0.05


def main() -> int:
    """Print how many columns are significant."""
    reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
    drifted = 0
    for name in reference.columns:
        one, other = reference[name].dropna(), current[name].dropna()
        if one.dtype.kind in "iuf":
            p_value = ks_2samp(one.to_numpy(), other.to_numpy()).pvalue
        else:
            counts = pd.concat([one.value_counts(), other.value_counts()], axis=1).fillna(0)
            p_value = chi2_contingency(np.asarray(counts).T).pvalue
        drifted += p_value < SHOWN
    sys.stdout.write(f"{drifted}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
