"""What else a photo hints at: shine, redness, pigment, texture, plugs and stretch; and where a census stands."""
