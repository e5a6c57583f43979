"""Porelight plans laser treatment of enlarged facial pores, from the first photo to the last follow-up."""

__version__ = "0.1.0"
