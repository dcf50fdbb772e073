"""How formats read single lines, as text and as JSON."""
