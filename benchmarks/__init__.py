"""What the pipeline costs beside peers that do part of the same work: tables of ratios, measured in one run."""
