"""The parts of a table: its columns and its title."""
