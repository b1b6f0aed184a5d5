"""The reference model as others write it: SimPy, NumPy and C."""
