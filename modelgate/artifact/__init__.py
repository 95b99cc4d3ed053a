"""What checks of the artifact compute: ratios of timings, two answers to one row, releases."""
