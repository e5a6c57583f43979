"""The face in a photo, its irises and its regions."""
