"""Whether rows are of another kind than those that a model was trained on."""
