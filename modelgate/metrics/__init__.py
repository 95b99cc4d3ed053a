"""The metrics: what each needs, measures and is sure of. One table, `table.METRICS`."""
