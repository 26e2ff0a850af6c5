"""The API for programs: HTTP in, HTTP out. Nothing of the dashboard or the sender in here."""
