"""Migrations of this module: written by `inv make-migration`, read and completed by a person."""
