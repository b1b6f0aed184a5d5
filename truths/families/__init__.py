"""What the engine reproduces from scenarios: one module a family, found by the registry."""
