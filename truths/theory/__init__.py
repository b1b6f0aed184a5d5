"""What closed forms and exact solvers of holdfast.study reproduce: one module a family, found by the registry."""
