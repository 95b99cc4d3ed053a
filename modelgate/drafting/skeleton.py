"""A project and a suite without numbers: comments that say what to write."""

from __future__ import annotations

from modelgate.yaml_file.written import as_yaml

CHAMPION = "# champion: ../models/production.onnx\n"

SUITE = """\
# What a model must show before it may go to production. A first draft by `modelgate init`: it
# promotes whatever answers at all, until you name data and limits.
#   modelgate check MODEL        asks a candidate these questions
#   modelgate list checks        prints all that can be asked
title: Before every release

# The rows to judge by. Paths are relative to this file; `target` is the column with the right
# answer. EDIT: remove the `#` and name yours.
# data:
#   test: {path: ../data/test.csv, target: churned}

# The model that serves today: candidates are compared with it, row by row.
# champion: ../models/production.onnx

checks:
  # What must hold of every model.
  - finite_outputs: all
  - signature: all

  # How good it has to be; needs `data:`. A limit is held to the interval, not to the value.
  # - metric: accuracy
  #   at_least: 90%
  #   margin: 1%             # how much worse than the champion is tolerable

  # Every group of rows is a result of its own.
  # - metric: accuracy
  #   by: [country]
  #   severity: major        # blocker: must pass; major: must not fail; minor: only warns
"""
PROJECT = """\
# The root of a project: `modelgate check MODEL` asks this suite in this folder and below it. Checks
# of your own are found in `checks/`, further suites in `suites/`.
title: {title}
suite: {suite}
"""


def named(model: str) -> str:
    """The suite with a model for a champion, as soon as there are rows to compare on."""
    return SUITE.replace(CHAMPION, f"# champion: {as_yaml(model)}\n")
