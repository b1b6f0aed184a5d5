"""Studies: simulate, compare, judge, keep and tell."""
