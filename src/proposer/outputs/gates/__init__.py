"""Checks of an answer against what the host knows, chosen by name in a workflow's table."""
