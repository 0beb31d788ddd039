"""Counts the lines of what is at a URL."""
