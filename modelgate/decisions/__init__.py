"""Decisions that last: statements, signed, each chained to the one before."""
