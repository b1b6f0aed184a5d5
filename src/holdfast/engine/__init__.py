"""The engine: lowers a world to arrays and ops, and simulates many replications of it."""
