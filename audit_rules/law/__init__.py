"""Law as data: instruments, clauses, dates, and who has read the text."""
