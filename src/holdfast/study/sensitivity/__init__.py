"""Deep uncertainty: what an answer owes to inputs of which only a range is known (`between`)."""
