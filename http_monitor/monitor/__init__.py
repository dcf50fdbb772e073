"""The loop: turns of reading, parsing, counting and publishing."""
