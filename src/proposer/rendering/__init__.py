"""Files that the host itself writes into a proposal, from a validated answer and from assets of the base."""
