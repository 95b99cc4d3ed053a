"""Evidently (https://www.evidentlyai.com) in a process of its own: rows go in, its tests come back.

It takes seconds to import and needs pandas 2, so one process serves all steps of a run.
"""
