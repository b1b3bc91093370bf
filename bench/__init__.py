"""Measurements against the budgets of DESIGN §7, each as a ratio to a peer in the same run."""
