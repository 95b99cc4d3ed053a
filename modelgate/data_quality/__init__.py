"""What is wrong with rows before any model has seen them."""
