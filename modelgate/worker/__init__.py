"""The isolated process that runs models."""
