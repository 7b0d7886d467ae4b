"""Use cases: transactions and authorization live here."""
