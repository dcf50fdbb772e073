"""Orders rows, and decides by their time how they count."""
