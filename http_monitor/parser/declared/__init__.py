"""Format strings that users configure in servers, or paste from their configurations."""
