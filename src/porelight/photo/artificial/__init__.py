"""Rendered skin with known pores: truth for tests, and a sample that shows nobody."""
