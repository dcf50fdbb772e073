"""Checkpoints: the state of a run on disk, from which the next one resumes."""
