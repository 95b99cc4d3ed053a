"""What was moved, in two lines."""

from __future__ import annotations

from modelgate.promote import Moved


def said(moved: Moved, verb: str) -> str:
    """What people are told of a promotion or a rollback."""
    version, where = moved.version, f"{moved.version.name}@{moved.alias}"
    if moved.entry is None:
        serves = f" and serves in {moved.target}" if moved.target else ""
        return f"{version} stands at {where} already{serves}"
    before = f" in place of {moved.before}" if moved.before else ""
    lines = [f"{verb}: {where} is {version} now{before} (entry {moved.entry.sequence} of the log)"]
    if moved.target:
        lines.append(f"{version} serves: {moved.target}")
    return "\n".join([*lines, *moved.notes])
