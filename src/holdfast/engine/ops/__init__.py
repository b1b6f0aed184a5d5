"""Lane loops of each part family, over scalar steps. kernel.py says what their arguments are."""
