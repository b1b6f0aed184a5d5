"""The slow twin of the engine, in plain Python from docs/conventions.md alone, and what sets the two side by side."""
