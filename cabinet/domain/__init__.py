"""Pure rules of the gas portal: standard library only, no input or output."""
