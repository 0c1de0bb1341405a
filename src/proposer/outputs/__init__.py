"""What a run gives back: secrets masked, the answer validated, the verdict drawn."""
