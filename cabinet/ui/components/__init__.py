"""Nouns that pages are made of."""
