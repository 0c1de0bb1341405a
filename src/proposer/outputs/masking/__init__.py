"""What a secret looks like, and where it hides. Finds places in text; `outputs/redact` masks them."""
