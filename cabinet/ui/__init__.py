"""The only floor that knows Reflex."""
