"""This module keeps no tables: its facts are the files that are committed under `provenance/`."""
