"""The ways of showing and of reading status, one folder per channel. No store, rules or clock."""
