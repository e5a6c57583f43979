"""The version, in a module of its own so that a stage can name it without importing the verbs."""

__version__ = "0.1.0"
