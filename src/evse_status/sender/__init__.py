"""Who tells partners what chargers show? One asyncio loop beside the dashboard (docs/decisions/0006-sender.md)."""
