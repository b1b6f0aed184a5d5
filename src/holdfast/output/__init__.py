"""Output: results in words, tables and reports."""
