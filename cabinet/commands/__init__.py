"""The operator's commands, one noun a file; `cabinet.__main__` mounts them."""
