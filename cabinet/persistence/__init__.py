"""Tables and the repository of one noun per file."""
