"""Which column of another tool's export is which item, question or field: guessed, confirmed, saved."""
