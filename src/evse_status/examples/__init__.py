"""Which counterparties does the demo have? Small real servers; they know nothing of evse-status.

They import aiohttp and the standard library alone: what they understand is what OCPI says.
"""
