"""Pure functions on numbers and arrays: intervals, bootstraps, tails of distributions."""
