"""The Common Log Format and its relatives."""
