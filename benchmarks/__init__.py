"""What the program costs, as ratios to a floor or to the obvious stack, measured in the same run."""
