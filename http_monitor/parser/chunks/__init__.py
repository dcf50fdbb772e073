"""Chunks of bytes with the places of lines, marks and fields, and key columns made from them."""
