"""The scale of a portrait from its irises."""

from __future__ import annotations

import math

from porelight import cite, units
from porelight.photo.face.find_face import Face
from porelight.photo.face.iris import LEAST_IRIS_PX
from porelight.photo.scale import Scale


def scale_from_irises(face: Face) -> Scale | None:
    """Scale from the irises of a face; None where an eye is closed, turned away or the two are not alike.

    s = D / d with the usual width D of the iris and its width d in px, a mean of both eyes.

    The error adds up, as independent parts: how people differ, how well the rim is found (with two eyes, by the square
    root of two less), the turn of the head, and that the skin of a face lies nearer to and further from the camera
    than the eyes.
    """
    rows = cite.table("photo")
    diameter, population = rows["iris_diameter"], rows["iris_spread"]
    turn, apart = rows["iris_turn"], rows["iris_alike"]
    right, left = (iris.diameter for iris in face.irises)
    if not face.eyes_open or math.hypot(face.yaw, face.pitch) > turn.value or min(right, left) < LEAST_IRIS_PX:
        return None
    mean = 0.5 * (right + left)
    if abs(right - left) > apart.si * mean:
        return None
    found = math.hypot(*(iris.error for iris in face.irises)) / 2.0 / mean
    depth = rows["face_depth"].si / rows["portrait_distance"].si
    foreshortened = 0.5 * (1.0 - math.cos(math.radians(face.yaw)))
    error = math.hypot(population.si / diameter.si, found, foreshortened, depth)
    tilt = math.degrees(math.acos(math.cos(math.radians(face.yaw)) * math.cos(math.radians(face.pitch))))
    used = (diameter, population, rows["iris_localisation"], rows["face_depth"], rows["portrait_distance"], turn, apart)
    return Scale(diameter.si / units.um / mean, error, "iris", None, tilt, used)
