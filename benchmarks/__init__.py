"""One command per claim about speed, each printing ratios that were measured in one run."""
