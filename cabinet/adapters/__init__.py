"""One vendor per file, behind a port."""
