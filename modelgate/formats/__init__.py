"""What a model may come as: one file a format."""
