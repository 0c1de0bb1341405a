"""Many records at once: one line for each beside the ledger, and tables over those lines."""
