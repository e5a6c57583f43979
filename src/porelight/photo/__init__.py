"""From a photo to its pores, with sizes, errors and what limits them."""

from porelight.photo.census import PoreCensus, Pores
from porelight.photo.decode import Picture, decode
from porelight.photo.measure import measure

__all__ = ["Picture", "PoreCensus", "Pores", "decode", "measure"]
