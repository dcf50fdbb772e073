"""Output for people and programs on stdout: pure functions of the report."""
