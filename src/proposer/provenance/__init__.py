"""What a run leaves behind: the record, its statement, and the ledger that holds the statement's digest."""
