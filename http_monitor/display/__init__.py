"""What people and programs read on stdout: pure functions of the report."""
