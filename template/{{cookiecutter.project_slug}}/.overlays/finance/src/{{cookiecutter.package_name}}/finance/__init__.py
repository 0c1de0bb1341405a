"""Accounts, double-entry transactions and balances."""
