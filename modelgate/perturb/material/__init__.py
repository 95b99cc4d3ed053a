"""What perturbations share: how they are declared and called, draws, lists of words."""
