"""What the product does for people: one function, one use case, one transaction. No widgets, no HTTP."""
