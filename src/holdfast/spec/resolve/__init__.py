"""From texts to numbers: the World of a scenario under one alternative and one what_if."""
