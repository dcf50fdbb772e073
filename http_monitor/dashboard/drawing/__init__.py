"""Draws the regions of the screen, as pure functions of the state."""
