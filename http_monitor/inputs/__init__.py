"""The inputs of a run: a source, the format of its lines, and the filter of its times."""
