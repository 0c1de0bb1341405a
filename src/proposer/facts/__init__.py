"""What the host finds out by itself before a model is asked: facts for the prompt, and for the gates after it."""
