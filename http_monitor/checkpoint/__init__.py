"""Checkpoints: what a run leaves on disk, and how the next one resumes from it."""
