"""The parts of a supply system: what a person says of each, and what it means in numbers."""
