"""Pinned Codex workflows that only propose, and leave a record that a stranger can verify."""

__all__ = ["__version__"]

__version__ = "0.1.0"
