"""Counts the lines of a text."""
