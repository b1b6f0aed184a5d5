"""Published truths: results from the literature, and whether Holdfast reproduces them."""
