"""What is kept, on SQLite and PostgreSQL alike. No rules, no channels; functions here never commit."""
