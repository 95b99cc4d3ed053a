"""Drafts of a project."""
