"""From a verified record to a forge: who may ask, what is checked once more, what is posted where."""
