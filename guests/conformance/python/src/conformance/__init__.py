"""The tool that every language implements, in Python: values, outcomes, capabilities and handles."""
