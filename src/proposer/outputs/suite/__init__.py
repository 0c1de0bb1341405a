"""The tests of one side of a change, read from their syntax trees: what runs, how often, and what it asserts."""
