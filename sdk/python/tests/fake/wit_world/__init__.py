"""What `componentize-py` generates for a world with everything, over a host in memory."""
