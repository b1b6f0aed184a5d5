"""The slow twin of the engine: plain Python, written from docs/conventions.md alone, and what sets it beside the engine."""
