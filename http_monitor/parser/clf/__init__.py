"""The Common Log Format and its variants."""
