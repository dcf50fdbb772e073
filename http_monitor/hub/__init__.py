"""One publisher, many listeners: everything that leaves the engine goes through the hub."""
