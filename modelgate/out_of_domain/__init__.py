"""Inputs from elsewhere: whether a model notices them, and what it does with them."""
