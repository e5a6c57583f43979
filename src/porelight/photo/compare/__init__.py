"""Two photos of the same skin: registered, made alike, and compared pore by pore."""
