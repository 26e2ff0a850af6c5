"""The dashboard: widgets, figures, their words. Nothing of API, sender or store in here."""
