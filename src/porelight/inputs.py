"""Inputs as a person has them, a path or the thing itself, made into what the stages take.

Here files are read, and nowhere below.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from porelight.refusal import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from porelight.care import ClinicChoices, Person
    from porelight.photo import Picture
    from porelight.photo.census import Region

Photo: TypeAlias = "Path | str | bytes | Picture | Image.Image | NDArray[Any]"
"""A path, the bytes of a file, a PIL image, an array, or a picture read before."""

EXIF_PHOTO_NOTES, EXIF_TAKEN, EXIF_CHANGED = 0x8769, 0x9003, 0x0132
"""Tags of EXIF: the notes on the exposure, the time of it, and the time at which the file was written."""

LARGEST_FILE: Final = 200_000_000
"""Bytes of the largest file we read: many times a phone's largest photo, little beside a machine's memory."""


def read_bytes(path: Path | str) -> bytes:
    """The contents of a file.

    Raises:
        Refusal: missing, no plain file, not permitted, or larger than :data:`LARGEST_FILE`.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise Refusal("this is a folder, not a file", where=str(path), advice="Name the file inside it")
        if path.exists() and not path.is_file():
            raise Refusal("this is a device, not a file", where=str(path), advice="Name a file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise Refusal(
                f"the file has {size / 1e6:.0f} MB, more than the {LARGEST_FILE / 1e6:.0f} MB we read",
                where=str(path),
                advice="Export the photo at its usual size",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal("there is no such file", where=str(path), advice="Check the path") from None
    except OSError as error:
        reason = (error.strerror or "the file cannot be opened").lower()
        raise Refusal(reason, where=str(path)[:200], advice="Check the path and its permissions") from None
    except Refusal:
        raise
    except ValueError:
        raise Refusal("the path holds a character that no path can hold", where="path", advice="Check it") from None


def check_follow_up(first: object, later: object) -> None:
    """That a later photo is not older than the first, where both files carry the day they were taken.

    Raises:
        Refusal: it is older.
    """
    days = [_day_taken(photo) for photo in (first, later)]
    if days[0] is not None and days[1] is not None and days[1] < days[0]:
        raise Refusal(
            f"the follow-up photo is of {days[1]}, older than the first of {days[0]}",
            where="after",
            advice="Give the photos in the order in which they were taken",
        )


def _day_taken(photo: object) -> dt.date | None:
    """By the camera's clock; None where the file does not say, or is no file."""
    if not isinstance(photo, Path | str):
        return None
    from PIL import Image

    try:
        with Image.open(photo) as image:
            notes = image.getexif()
            written = notes.get_ifd(EXIF_PHOTO_NOTES).get(EXIF_TAKEN) or notes.get(EXIF_CHANGED)
        return dt.datetime.strptime(str(written)[:10], "%Y:%m:%d").date()
    except (OSError, ValueError, SyntaxError):
        return None


def read_text(path: Path | str) -> str:
    """The contents of a UTF-8 text file.

    Raises:
        Refusal: as :func:`read_bytes`, or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("this is not a text file in UTF-8", where=str(path), advice="Save it as UTF-8 text") from None


def read_photo(photo: Photo, where: str = "photo") -> Picture:
    """A picture as given, decoded from its file or its bytes, or made from an image or array.

    Args:
        photo: any of these.
        where: names in messages what is no file.

    Raises:
        Refusal: the file cannot be read, or it is no usable picture.
    """
    from porelight import photo as stage

    if isinstance(photo, str | os.PathLike):
        return stage.picture_from(read_bytes(photo), str(photo))
    return stage.picture_from(photo, where)


def read_person(person: Path | str | Person) -> Person:
    """A person as given, or read from a YAML file, or from a FHIR QuestionnaireResponse when the name ends in .json.

    Raises:
        Refusal: the file cannot be read, or a field is wrong.
    """
    from porelight import care

    if isinstance(person, care.Person):
        return person
    if str(person).lower().endswith(".json"):
        from porelight.export import fhir

        return fhir.person_from(fhir.read_response(read_bytes(person), str(person)), str(person))
    return care.read_person(read_text(person), str(person))


def read_regions(regions: Path | str | tuple[Region, ...] | None) -> tuple[Region, ...]:
    """Regions as given, or read from a YAML file; none for None.

    Raises:
        Refusal: the file cannot be read, or holds no regions that can be used.
    """
    from porelight.photo.face import regions as stage

    if regions is None or isinstance(regions, tuple):
        return regions or ()
    return stage.read_regions(read_text(regions), str(regions))


def read_clinic(clinic: Path | str | ClinicChoices | None) -> ClinicChoices:
    """A clinic's choices as given, or read from a YAML file; the cautious defaults for None.

    Raises:
        Refusal: the file cannot be read, or names a choice or option that does not exist.
    """
    from porelight import care

    if clinic is None or isinstance(clinic, care.ClinicChoices):
        return clinic or care.ClinicChoices()
    return care.read_clinic(read_text(clinic), str(clinic))
