"""Regions from a face or drawn by hand: where they lie, how they are read, what they hold."""

import contextlib
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from porelight import photo, units
from porelight.photo.artificial.render import Camera, render_skin
from porelight.photo.census import PoreCensus, Region
from porelight.photo.face.regions import (
    PARTS,
    cover_regions,
    is_inside,
    measure_skin,
    name_at,
    outline_regions,
    read_regions,
    summarise_regions,
)
from porelight.refusal import Refusal
from tests.photo.portraits import found, near, picture, whole
from tests.rows import each_row

SQUARE = np.array([[10.0, 10.0], [60.0, 10.0], [60.0, 50.0], [10.0, 50.0]])


def inside(region: Region, place: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    return bool(is_inside(region.outline, place[:1], place[1:2])[0])


def test_a_portrait_has_five_regions_where_they_belong() -> None:
    shown = near(6.0)
    face = found(shown)
    regions = {region.name: region for region in outline_regions(face, shown.width, shown.height)}
    assert list(regions) == list(PARTS)
    for name, index in (("forehead", 151), ("nose", 5), ("right cheek", 50), ("left cheek", 280), ("chin", 199)):
        assert inside(regions[name], face.points[index])
    # The patient's right is on the left of the picture.
    assert regions["right cheek"].outline[:, 0].max() < regions["nose"].outline[:, 0].min()
    assert regions["left cheek"].outline[:, 0].min() > regions["nose"].outline[:, 0].max()


def test_regions_keep_clear_of_eyes_brows_lips_and_nostrils() -> None:
    from porelight.photo.mask import COVERED_FEATURES

    shown = near(6.0)
    face = found(shown)
    for region in outline_regions(face, shown.width, shown.height):
        for indices in COVERED_FEATURES.values():
            places = face.points[list(indices)]
            assert not is_inside(region.outline, places[:, 0], places[:, 1]).any()


def test_regions_of_a_face_do_not_overlap_and_are_simple() -> None:
    shown = near(6.0)
    regions = outline_regions(found(shown), shown.width, shown.height)
    height, width = shown.pixels.shape[:2]
    areas = [int((cover_regions((region,), height, width) > 0).sum()) for region in regions]
    assert int((cover_regions(regions, height, width) > 0).sum()) == sum(areas)
    for region in regions:
        text = "regions:\n  it: " + str([[float(x), float(y)] for x, y in region.outline])
        assert np.allclose(read_regions(text, "face.yaml")[0].outline, region.outline)


def test_a_mirrored_portrait_has_mirrored_regions() -> None:
    shown = near(6.0)
    here = {r.name: r for r in outline_regions(found(shown), shown.width, shown.height)}
    mirrored = picture(shown.pixels[:, ::-1])
    there = {r.name: r for r in outline_regions(found(mirrored), shown.width, shown.height)}
    for name, twin in (("right cheek", "left cheek"), ("nose", "nose"), ("chin", "chin")):
        middle, other = here[name].outline.mean(axis=0), there[twin].outline.mean(axis=0)
        # 2 % of the face: the network is not the same from both sides.
        assert middle == pytest.approx((shown.width - 1 - other[0], other[1]), abs=0.02 * shown.width)


def test_a_cheek_turned_away_is_seen_less_and_then_left_out() -> None:
    """The points turned in space to the patient's left: the left cheek turns away from the camera."""
    face = found(near(6.0))
    level = np.column_stack([face.points, face.depth])
    shares = {}
    for yaw in (0.0, 30.0, 75.0):
        c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
        turned = (level - level.mean(axis=0)) @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]).T + 2000.0
        other = dataclasses.replace(face, points=np.ascontiguousarray(turned[:, :2]), depth=turned[:, 2] - 2000.0)
        shares[yaw] = {region.name: region.seen for region in outline_regions(other, 4000, 4000)}
    assert shares[30.0]["left cheek"] < shares[0.0]["left cheek"] - 0.2
    assert shares[30.0]["right cheek"] > shares[0.0]["right cheek"]
    assert "left cheek" not in shares[75.0]
    assert "right cheek" in shares[75.0]


def test_a_region_outside_the_photo_is_seen_in_part() -> None:
    shown = near(6.0)
    face = found(shown)
    full = {r.name: r.seen for r in outline_regions(face, shown.width, shown.height)}
    cheek = next(r for r in outline_regions(face, shown.width, shown.height) if r.name == "left cheek")
    cut = {r.name: r.seen for r in outline_regions(face, int(cheek.outline[:, 0].mean()), shown.height)}
    assert cut["left cheek"] == pytest.approx(0.5 * full["left cheek"], rel=0.25)
    assert cut["right cheek"] == full["right cheek"]


@given(st.floats(-20.0, 90.0), st.floats(-20.0, 70.0))
def test_a_square_holds_what_lies_between_its_sides(x: float, y: float) -> None:
    held = bool(is_inside(SQUARE, np.array([x]), np.array([y]))[0])
    if min(abs(x - 10), abs(x - 60), abs(y - 10), abs(y - 50)) > 1e-6:
        assert held == (10 < x < 60 and 10 < y < 50)


def test_a_place_belongs_to_the_first_region_that_holds_it() -> None:
    regions = (Region("one", SQUARE), Region("two", SQUARE + 20.0))
    names = name_at(np.array([15.0, 40.0, 75.0, 90.0]), np.array([15.0, 40.0, 65.0, 5.0]), regions)
    assert names == ("one", "one", "two", "")
    numbers = cover_regions(regions, 80, 100)
    assert (numbers[15, 15], numbers[40, 40], numbers[65, 75], numbers[5, 90]) == (1, 1, 2, 0)


def test_the_skin_of_each_region_is_counted_once() -> None:
    skin = np.ones((80, 100), np.bool_)
    skin[:20] = False
    (one, two), searched = measure_skin((Region("one", SQUARE), Region("two", SQUARE + 20.0)), skin)
    assert one.skin_area + two.skin_area == searched.sum()
    # The square from row 20 to its lower edge, with the pixels on its edge.
    assert one.skin_area == pytest.approx(50.0 * 30.0, rel=0.06)


GOOD = "regions:\n  left cheek: [[10, 10], [60, 10], [60.5, 50], [10, 50]]\n  nose: [[70, 10], [90, 10], [80, 40]]\n"


def test_a_file_of_regions_is_read() -> None:
    first, second = read_regions(GOOD, "parts.yaml")
    assert (first.name, second.name) == ("left cheek", "nose")
    assert first.outline.tolist() == [[10.0, 10.0], [60.0, 10.0], [60.5, 50.0], [10.0, 50.0]]


@each_row(
    ("text", "says"),
    [
        ("", "key: value"),
        ("cheek: [[1, 2], [3, 4], [5, 1]]", "does not hold `regions:`"),
        ("regions: {}", "does not hold `regions:`"),
        ("regions: [[1, 2], [3, 4]]", "does not hold `regions:`"),
        (GOOD + "more: 1", "does not hold `regions:`"),
        ("regions: {a: [[1, 2], [30, 4]]}", "3 to 200 corners"),
        ("regions: {a: hello}", "3 to 200 corners"),
        ("regions: {a: [[1, 2], [30, 4], [5]]}", "not a pair"),
        ("regions: {a: [[1, 2], [30, 4], [5, six]]}", "not a pair"),
        ("regions: {a: [[1, 2], [30, 4], [5, .nan]]}", "not a pair"),
        ("regions: {a: [[1, 2], [30, 4], [5, nan]]}", "no place"),
        ("regions: {a: [[1, 2], [30, 4], [inf, 4]]}", "no place"),
        ("regions: {a: [[1, 1], [5, 5], [9, 9]]}", "encloses nothing"),
        ("regions: {a: [[1, 1], [40, 40], [40, 1], [1, 30]]}", "crosses itself"),
        ("regions: {a: [[1, 1], [40, 1], [40, 40], [20, 1], [1, 40]]}", "crosses itself"),
        ("regions: {' ': [[1, 1], [40, 40], [40, 1]]}", "cannot be named"),
        ("regions: {" + "a" * 41 + ": [[1, 1], [40, 40], [40, 1]]}", "cannot be named"),
        ("regions: {a: [[1, 1], [40, 40], [40, 1]], a: [[1, 1], [40, 40], [40, 1]]}", "twice"),
        ("regions:\n" + "".join(f"  n{k}: [[1, 1], [40, 40], [40, 1]]\n" for k in range(41)), "more than 40"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        read_regions(text, "parts.yaml")
    assert refused.value.where.startswith("parts.yaml")
    assert "\n" not in str(refused.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        read_regions(text, "any.yaml")


@pytest.fixture(scope="module")
def drawn() -> tuple[photo.Picture, PoreCensus, tuple[Region, ...]]:
    skin = render_skin(11, size=(400, 600), um_per_px=60.0, camera=Camera(jpeg_quality=95))
    shown = photo.decode(skin.jpeg, "skin.jpg")
    left = Region("left", np.array([[20.0, 20], [280, 20], [280, 380], [20, 380]]))
    right = Region("right", np.array([[320.0, 20], [580, 20], [450, 380]]))
    regions = (left, right)
    return shown, photo.measure(shown, 60.0, regions=regions), regions


def test_pores_are_looked_for_only_in_the_regions_drawn(
    drawn: tuple[photo.Picture, PoreCensus, tuple[Region, ...]],
) -> None:
    shown, census, regions = drawn
    names = name_at(census.pores.x, census.pores.y, regions)
    assert set(census.pores.region) == {"left", "right"}
    # A pore whose middle moved out while it was fitted belongs to the region beside it: a few at the edge.
    assert sum(name != own for name, own in zip(names, census.pores.region, strict=True)) <= 0.03 * census.pore_count
    everywhere = photo.measure(shown, 60.0)
    assert set(everywhere.pores.region) == {"close-up"}
    assert census.pore_count < everywhere.pore_count


def test_the_summary_of_regions_adds_up(drawn: tuple[photo.Picture, PoreCensus, tuple[Region, ...]]) -> None:
    _, census, _ = drawn
    left, right = summarise_regions(census)
    assert left.pore_count + right.pore_count == census.pore_count
    assert left.skin_area_mm2 is not None
    assert right.skin_area_mm2 is not None
    # 260 by 360 px and half as much, at 60 um; the outline itself is searched as well.
    assert left.skin_area_mm2 == pytest.approx(260 * 360 * 0.06**2, rel=0.02)
    assert right.skin_area_mm2 == pytest.approx(0.5 * 260 * 360 * 0.06**2, rel=0.02)
    assert left.density_per_cm2 == pytest.approx(left.pore_count / left.skin_area_mm2 * units.cm2 / units.mm2)
    assert left.median_diameter_um is not None
    assert left.enlarged_count is not None
    assert left.enlarged_count + (right.enlarged_count or 0) == census.enlarged_count
    assert 0.0 < left.area_fraction < 0.1


def test_without_a_scale_a_summary_has_no_lengths(shared: Path) -> None:
    census = photo.measure(photo.decode((shared / "images/large_pores_quarter.png").read_bytes(), "a"))
    (only,) = summarise_regions(census)
    assert (only.name, only.pore_count) == ("close-up", census.pore_count)
    assert only.skin_area_mm2 is only.density_per_cm2 is only.median_diameter_um is only.enlarged_count is None
    assert only.area_fraction == pytest.approx(census.area_fraction)


def test_regions_outside_the_photo_or_off_the_skin_are_refused() -> None:
    skin = render_skin(12, size=(200, 300), um_per_px=60.0)
    shown = photo.decode(skin.jpeg, "skin.jpg")
    with pytest.raises(Refusal, match="reaches outside the picture of 300 x 200"):
        photo.measure(shown, regions=(Region("far", np.array([[10.0, 10], [310, 10], [10, 100]])),))
    wall = shown.pixels.copy()
    wall[:, 150:] = 128
    with pytest.raises(Refusal, match="next to no skin"):
        photo.measure(picture(wall), regions=(Region("wall", np.array([[170.0, 10], [290, 10], [170, 190]])),))


def test_a_portrait_is_measured_on_its_regions_and_drawn_ones_win() -> None:
    shown = near(8.0)
    census = photo.measure(shown)
    assert [region.name for region in census.regions] == list(PARTS)
    assert census.face is not None
    assert census.scale is not None
    assert census.scale.source == "iris"
    assert census.skin_area == sum(region.skin_area for region in census.regions)
    cheek = dataclasses.replace(census.regions[2], name="here", skin_area=0.0)
    again = photo.measure(shown, 150.0, regions=(cheek,))
    assert [region.name for region in again.regions] == ["here"]
    assert again.scale is not None
    assert again.scale.source == "typed"


def test_a_face_too_small_to_show_pores_is_still_found() -> None:
    shown = whole()
    assert len(outline_regions(found(shown), shown.width, shown.height)) == len(PARTS)
