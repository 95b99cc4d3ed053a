"""What a model does with rows that were changed: which rows, how changed, and what became of them.

The arithmetic that the checks of behaviour and robustness share.
"""
