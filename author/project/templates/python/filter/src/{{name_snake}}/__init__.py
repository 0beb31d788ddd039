"""Counts the lines of a file that it is handed."""
