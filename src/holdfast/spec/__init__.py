"""The scenario: from the file that people write to numbers."""
