"""The printed card in a photo: how it looks, where it lies, how it leans and bends."""
