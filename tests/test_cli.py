"""The command line: one clear line and exit code 1 for input that cannot be used, and nothing written."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from porelight import cli

ROOT = Path(__file__).resolve().parents[1]
PERSON = ROOT / "examples" / "person.yaml"
SAMPLE = ROOT / "examples" / "sample.jpg"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process: exit code, stdout, stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["porelight", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.startswith("porelight: ") and "Traceback" not in text


def photo(path: Path, size: tuple[int, int] = (320, 240), colour: tuple[int, int, int] = (214, 170, 150)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def plan_of(run: Run, picture: Path, out: Path, *more: str) -> tuple[int, str, str]:
    return run("plan", picture, "--person", PERSON, "--out", out, "--on", "2026-03-02", *more)


def missing(folder: Path) -> Path:
    return folder / "nowhere.jpg"


def text_named_jpg(folder: Path) -> Path:
    path = folder / "note.jpg"
    path.write_text("this is a letter, not a photo")
    return path


def truncated(folder: Path) -> Path:
    path = folder / "half.jpg"
    path.write_bytes(SAMPLE.read_bytes()[:20_000])
    return path


def one_pixel(folder: Path) -> Path:
    return photo(folder / "dot.png", (1, 1))


def enormous(folder: Path) -> Path:
    path = folder / "huge.png"
    Image.new("1", (20_000, 20_000)).save(path)
    return path


def without_skin(folder: Path) -> Path:
    return photo(folder / "blue.png", colour=(20, 60, 220))


def folder_as_photo(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize(
    "make", [missing, text_named_jpg, truncated, one_pixel, enormous, without_skin, folder_as_photo]
)
def test_a_photo_that_cannot_be_used_is_one_line_and_writes_nothing(
    run: Run, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    out = tmp_path / "out"
    code, stdout, stderr = plan_of(run, make(tmp_path), out)
    assert (code, stdout) == (1, "")
    assert one_line(stderr), stderr
    assert not out.exists()


@pytest.mark.parametrize("scale", ["-5", "0", "nan", "1e9"])
def test_an_impossible_scale_is_one_line(run: Run, tmp_path: Path, scale: str) -> None:
    code, _, stderr = plan_of(run, SAMPLE, tmp_path / "out", "--um-per-px", scale)
    assert code == 1
    assert one_line(stderr), stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "yaml",
    [
        "age: old",
        "age: 32\nhobby: chess",
        "age: 32\nphototype: VII",
        "born: 2001-02-30",
        "age: [",
        "- a list",
        "",
        "age: 32\nage: 33",
    ],
)
def test_a_person_that_cannot_be_read_is_one_line(run: Run, tmp_path: Path, yaml: str) -> None:
    person = tmp_path / "person.yaml"
    person.write_text(yaml)
    code, _, stderr = run("screen", person)
    assert code == 1
    assert one_line(stderr), stderr
    assert str(person) in stderr


def test_a_folder_that_holds_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    code, _, stderr = plan_of(run, SAMPLE, tmp_path)
    assert code == 1
    assert one_line(stderr), stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.usefixtures("obeys_permissions")
def test_a_folder_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    code, _, stderr = plan_of(run, SAMPLE, tmp_path / "out")
    assert code == 1
    assert one_line(stderr), stderr


def test_a_folder_below_a_file_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, stderr = plan_of(run, SAMPLE, tmp_path / "file" / "out")
    assert code == 1
    assert one_line(stderr), stderr


def test_wrong_usage_exits_with_2(run: Run) -> None:
    assert run("measure")[0] == 2
    assert run("nonsense")[0] == 2
    assert run("screen", PERSON, "--on", "yesterday")[0] == 2


def test_an_unknown_laser_is_one_line_that_names_those_there_are(run: Run) -> None:
    code, _, stderr = run("simulate", "--laser", "torch")
    assert code == 1
    assert one_line(stderr)
    assert "co2" in stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["--spot-um", "0"],
        ["--energy-mj", "-1"],
        ["--pulse-us", "0"],
        ["--energy-mj", "nan"],
        ["--tissue-temperature-c", "300"],
        ["--power-w", "1000", "--energy-mj", "1000000"],
    ],
)
def test_an_impossible_setting_is_one_line(run: Run, wrong: list[str]) -> None:
    code, stdout, stderr = run("simulate", *wrong, "--json")
    assert (code, stdout) == (1, "")
    assert one_line(stderr), stderr


def test_json_is_one_object_and_nothing_else(run: Run) -> None:
    code, stdout, stderr = run("simulate", "--energy-mj", "10", "--json")
    assert (code, stderr) == (0, "")
    numbers = json.loads(stdout)
    for key in (
        "ablation_depth_um",
        "ablation_width_um",
        "coagulation_depth_um",
        "coagulation_width_um",
        "peak_temperature_c",
        "energy_balance_error",
        "sources",
        "seed",
        "version",
    ):
        assert key in numbers


def test_measure_without_a_scale_says_uncalibrated(run: Run) -> None:
    code, stdout, _ = run("measure", SAMPLE, "--json")
    assert code == 0
    numbers = json.loads(stdout)
    assert "uncalibrated" in numbers["flags"]
    assert numbers["density_per_cm2"] is None


def test_several_photos_get_a_folder_each(run: Run, tmp_path: Path) -> None:
    code, _, stderr = run("measure", SAMPLE, SAMPLE, "--out", tmp_path / "out")
    assert (code, stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == ["sample", "sample-2"]
    assert {path.name for path in (tmp_path / "out" / "sample").iterdir()} >= {
        "census.json",
        "overlay.png",
        "pores.csv",
    }


def test_answers_come_in_and_the_plan_goes_out_as_fhir(run: Run, tmp_path: Path) -> None:
    from porelight import care
    from porelight.export import fhir

    answers = tmp_path / "answers.json"
    told = care.read_person(PERSON.read_text(encoding="utf-8"), "person")
    answers.write_bytes(fhir.as_bytes(fhir.make_response(told, dt.date(2026, 3, 2))))
    for _ in range(2):
        code, _, stderr = run("plan", SAMPLE, "--person", answers, "--out", tmp_path / "out", "--fhir")
        assert (code, stderr) == (0, "")
    bundle = json.loads((tmp_path / "out" / "bundle.fhir.json").read_bytes())
    assert bundle["resourceType"] == "Bundle"


def test_the_days_of_care_come_as_a_calendar_a_sheet_and_a_day(run: Run, tmp_path: Path) -> None:
    days = ("--session", "2026-04-07", "--session", "2026-05-05")
    ics, sheet = tmp_path / "course.ics", tmp_path / "sheet.html"
    code, stdout, _ = run(
        "care", PERSON, *days, "--out", ics, "--sheet", sheet, "--today", "--on", "2026-04-08", "--language", "de"
    )
    assert code == 0
    assert "Der Tag nach der Sitzung" in stdout
    assert b"BEGIN:VTIMEZONE" in ics.read_bytes()
    assert 'lang="de"' in sheet.read_text(encoding="utf-8")
    assert run("care", PERSON, *days)[0] == 1


def test_a_blocked_person_gets_no_paper_until_a_named_professional_says_why(run: Run, tmp_path: Path) -> None:
    keloid = ROOT / "examples" / "people" / "keloid.yaml"
    command = ("care", keloid, "--session", "2026-04-07", "--on", "2026-03-02", "--out", tmp_path / "x.ics")
    code, stdout, stderr = run(*command, "--sheet", tmp_path / "x.html")
    assert (code, stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert "there can be no session on 2026-04-07: Raised scars before" in stderr
    assert run(*command, "--set-aside", "keloid")[0] == 1
    decision = ("--set-aside", "keloid", "--by", "Dr Example", "--reason", "scar on the back only")
    assert run(*command, *decision)[0] == 0
    assert (tmp_path / "x.ics").exists()


def test_a_plan_lifts_what_a_named_professional_sets_aside_and_shows_it(run: Run, tmp_path: Path) -> None:
    keloid = ROOT / "examples" / "people" / "keloid.yaml"
    command = ("plan", SAMPLE, "--person", keloid, "--on", "2026-03-02", "--json", "--out", tmp_path / "out")
    # A decision has a name and a reason, and is about something: refused before any work, and nothing is written.
    assert "--by" in run(*command, "--set-aside", "keloid")[2]
    said = ("--by", "Dr Example", "--reason", "scar on the back only")
    assert run(*command, *said)[0] == 1
    assert run(*command, "--set-aside", "age", *said)[0] == 1
    assert not (tmp_path / "out").exists()
    code, stdout, _ = run(*command, "--set-aside", "keloid", *said)
    plan = json.loads(stdout)
    assert (code, plan["status"]) == (0, "ready")
    (lifted,) = (verdict for verdict in plan["verdicts"] if verdict["rule"] == "keloid")
    assert (lifted["set_aside"]["by"], lifted["set_aside"]["reason"]) == said[1::2]
    assert "Set aside by Dr Example" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_clinic_chooses_where_sources_disagree_and_the_plan_says_who_and_why(run: Run, tmp_path: Path) -> None:
    clinic = tmp_path / "clinic.yaml"
    clinic.write_text("keloid: {option: caution, by: Dr Example, reason: scar on the back only}")
    keloid = ROOT / "examples" / "people" / "keloid.yaml"
    usual = json.loads(run("screen", keloid, "--json")[1])
    chosen = json.loads(run("screen", keloid, "--clinic", clinic, "--json")[1])
    assert (usual["status"], chosen["status"]) == ("blocked", "ready")
    code, stdout, _ = run("plan", SAMPLE, "--person", keloid, "--clinic", clinic, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert json.loads(stdout)["clinic"]["keloid"]["by"] == "Dr Example"
    clinic.write_text("keloid: {option: ignore, by: A, reason: b}")
    code, _, stderr = run("screen", keloid, "--clinic", clinic)
    assert code == 1
    assert one_line(stderr)


@pytest.mark.parametrize("order", [("a-2", "a"), ("a", "a", "a-2"), ("a", "a-2", "a")])
def test_no_photo_overwrites_another(order: tuple[str, ...], tmp_path: Path) -> None:
    # Seen with a-2 before a: both went to one folder.
    folders = cli.photo.subfolders([tmp_path / str(index) / f"{name}.jpg" for index, name in enumerate(order)])
    assert len(set(folders)) == len(order)


@pytest.mark.parametrize(
    "scenario",
    [
        "[" * 20_000,
        "energy_mj: 2026-02-30",
        "energy_mj: " + "9" * 5_000,
        "energy_mj: 5\nenergy_mj: 9",
        "a: &a [1]\nb: *a",
        "hobby: chess",
        "phototype: VII",
        "water: 2",
    ],
)
def test_a_scenario_that_cannot_be_read_is_one_line(run: Run, tmp_path: Path, scenario: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(scenario)
    code, _, stderr = run("simulate", path, "--json")
    assert code == 1
    assert one_line(stderr), stderr


@pytest.mark.parametrize("more", [("--order", "random"), ("--column-delay-ms", "5")])
def test_what_only_a_stamp_takes_is_refused_without_one(run: Run, more: tuple[str, str]) -> None:
    code, stdout, stderr = run("simulate", *more, "--json")
    assert (code, stdout) == (1, "")
    assert one_line(stderr)
    assert "stamp" in stderr


def test_a_scenario_says_what_to_simulate_and_options_overrule_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("laser: co2\nenergy_mj: 5\nspot_um: 200\n")
    numbers = json.loads(run("simulate", path, "--energy-mj", "8", "--json")[1])
    assert (numbers["energy_mj"], numbers["spot_um"]) == (8.0, 200.0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("care", PERSON, "--session", "9999-12-31", "--json"),
        ("care", PERSON, "--session", "0001-01-01", "--json"),
        ("screen", PERSON, "--on", "9999-12-31"),
        ("plan", SAMPLE, "--person", PERSON, "--out", "x" * 300),
        ("screen", "/dev/zero"),
        ("measure", "/dev/zero", "--json"),
    ],
)
def test_days_paths_and_devices_beyond_reason_are_one_line(
    run: Run, arguments: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, stderr = run(*arguments)
    assert code == 1
    assert one_line(stderr), stderr
    assert list(tmp_path.iterdir()) == []


def test_help_imports_nothing_heavy() -> None:
    heavy = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "porelight", "--help"], check=True, capture_output=True, text=True
    ).stderr
    imported = {line.rpartition("|")[2].strip() for line in heavy.splitlines()}
    assert "typer" in imported
    assert not imported & {"numpy", "scipy", "numba", "matplotlib", "pydantic", "PIL", "yaml", "jinja2"}


def test_every_command_and_every_option_explains_itself() -> None:
    import typer.main

    group = typer.main.get_command(cli.app)
    commands: dict[str, typer.core.TyperCommand] = group.commands  # type: ignore[attr-defined]
    known = {"plan", "measure", "compare", "screen", "care", "simulate", "card", "doctor", "warmup"}
    assert set(commands) == known | {"forecast", "medicine"}
    for name, command in commands.items():
        assert command.help, name
        for option in command.params:
            assert getattr(option, "help", None), f"{name} {option.name}"
