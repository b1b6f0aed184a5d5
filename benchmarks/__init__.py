"""Times and memory of Holdfast, measured on the machine at hand."""
