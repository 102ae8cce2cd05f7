"""What was spent: the ledger, sums, what things cost, and limits."""
