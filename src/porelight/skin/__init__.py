"""What the light meets: layers and a pore, by site, age and phototype."""

from porelight.skin.facial import facial_skin
from porelight.skin.model import Layer, Phototype, Pore, Site, Skin

__all__ = ["Layer", "Phototype", "Pore", "Site", "Skin", "facial_skin"]
