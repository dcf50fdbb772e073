"""Draws the panels that are lists or texts: lines, alerts, health."""
