"""The commands for photos: comparing two, a folder as a study, regions drawn by hand, the card to print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from porelight.photo.artificial.render import render_skin

from .test_cli import SAMPLE, Run, one_line, photo, run

__all__ = ["run"]

SIZE = (500, 600)
SCALE = 40.0


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """before.jpg and after.jpg of the same skin, other.jpg of another."""
    folder = tmp_path_factory.mktemp("photos")
    for name, seed, shrink in (("before", 3, 1.0), ("after", 3, 0.75), ("other", 4, 1.0)):
        drawn = render_skin(seed, size=SIZE, um_per_px=SCALE, shrink=shrink)
        (folder / f"{name}.jpg").write_bytes(drawn.jpeg)
    return folder


def test_two_photos_are_compared_and_the_result_is_a_folder(run: Run, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "change"
    pair = (photos / "before.jpg", photos / "after.jpg", "--um-per-px", "40")
    code, said, _ = run("compare", *pair, "--out", out)
    assert code == 0
    assert {path.name for path in out.iterdir()} == {"change.html", "change.json", "change.png", "pairs.csv"}
    written = json.loads((out / "change.json").read_text())
    assert written["result"] == "smaller"
    assert "narrower" in said
    code, told, stderr = run("compare", *pair, "--json")
    assert (code, stderr) == (0, "")
    assert json.loads(told) == written


def test_two_people_are_not_compared(run: Run, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "change"
    code, _, stderr = run("compare", photos / "before.jpg", photos / "other.jpg", "--out", out)
    assert code == 1
    assert one_line(stderr), stderr
    assert not out.exists()


def test_a_folder_of_photos_is_one_study(run: Run, photos: Path, tmp_path: Path) -> None:
    import pyarrow.parquet

    out = tmp_path / "study.parquet"
    code, said, _ = run("measure", photos, "--um-per-px", "40", "--out", out)
    assert code == 0
    assert said.startswith("3 photos, 0 refused")
    rows = pyarrow.parquet.read_table(out).to_pylist()
    assert [row["path"] for row in rows] == ["after.jpg", "before.jpg", "other.jpg"]


def test_regions_drawn_by_hand_are_where_pores_are_looked_for(run: Run, photos: Path, tmp_path: Path) -> None:
    regions = tmp_path / "regions.yaml"
    regions.write_text("regions: {left cheek: [[0, 0], [299, 0], [299, 499], [0, 499]]}")
    measured = ("measure", photos / "before.jpg", "--um-per-px", "40", "--json")
    code, told, _ = run(*measured, "--regions", regions)
    assert code == 0
    (part,) = json.loads(told)["regions"]
    whole = json.loads(run(*measured)[1])
    assert part["name"] == "left cheek"
    # Four standard deviations of a binomial split of some 90 pores in two equal halves.
    assert part["pore_count"] == pytest.approx(whole["pore_count"] / 2, abs=2 * whole["pore_count"] ** 0.5)


def test_the_card_is_a_pdf(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "card.pdf"
    code, said, _ = run("card", "--out", out)
    assert code == 0
    assert "50 mm" in said
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "before.jpg", "nowhere.jpg", "--json"),
        ("compare", "before.jpg", "after.jpg"),
        ("compare", "before.jpg", "blue.png", "--json"),
        ("measure", ".", "before.jpg", "--out", "out"),
        ("measure", ".", "--json"),
        ("measure", "."),
        ("measure", ".", "--out", "out"),
        ("measure", ".", "--out", "study.parquet", "--um-per-px", "0"),
        ("measure", "before.jpg", "--workers", "2", "--json"),
        ("measure", "before.jpg", "--regions", "before.jpg", "--json"),
        ("measure", "before.jpg", "--regions", "far.yaml", "--json"),
        ("card", "--out", "card.png"),
        ("card", "--out", "nowhere/card.pdf/card.pdf"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(
    run: Run, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    for name in ("before.jpg", "after.jpg"):
        (tmp_path / name).write_bytes((photos / name).read_bytes())
    photo(tmp_path / "blue.png", colour=(20, 60, 220))
    (tmp_path / "far.yaml").write_text("regions: {moon: [[9000, 9000], [9900, 9000], [9900, 9900]]}")
    (tmp_path / "nowhere").write_text("a file, not a folder")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    code, _, stderr = run(*arguments)
    assert code == 1
    assert one_line(stderr), stderr
    assert sorted(tmp_path.iterdir()) == before


def test_the_sample_lies_where_the_examples_say(run: Run) -> None:
    code, told, _ = run("measure", SAMPLE, "--um-per-px", "60", "--json")
    assert code == 0
    assert json.loads(told)["scale"]["source"] == "typed"
