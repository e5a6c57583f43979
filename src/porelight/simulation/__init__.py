"""One setting in one skin: the chain light -> heat -> damage -> healing, its dials, and stamps of many columns."""
