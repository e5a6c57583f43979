"""How picture files are laid out, byte by byte: what they promise, and what in them is not the picture."""
