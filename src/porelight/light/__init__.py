"""Skin and setting in, absorbed light out: a formula where water absorbs at once, Monte Carlo where light scatters."""
