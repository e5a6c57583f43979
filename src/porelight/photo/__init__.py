"""From a photo to its pores, with sizes, errors and what limits them."""

from porelight.photo.census import PoreCensus, Pores
from porelight.photo.decode import Picture, decode
from porelight.photo.measure import measure
from porelight.photo.shrink import derivative
from porelight.photo.source import picture_from
from porelight.photo.strip_notes import without_place

__all__ = ["Picture", "PoreCensus", "Pores", "decode", "derivative", "measure", "picture_from", "without_place"]
