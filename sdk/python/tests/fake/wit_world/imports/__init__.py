"""The imported interfaces."""
