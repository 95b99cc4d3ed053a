"""Pure, seeded changes of inputs. One file a perturbation."""
