"""The ends of the command line: whatever happens is one line, an exit code, and nothing left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from porelight import cli, extras
from porelight.cli import ending
from porelight.refusal import Refusal, harmless

ROOT = Path(__file__).resolve().parents[1]
PERSON = ROOT / "examples" / "person.yaml"
SAMPLE = ROOT / "examples" / "sample.jpg"
SESSION = ("--session", "2026-04-07", "--on", "2026-03-02")

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


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[BaseException], None]:
    """Makes a command that needs no photo fail in the way given, deep inside."""
    monkeypatch.setenv("PORELIGHT_CACHE_DIR", str(tmp_path / "cache"))

    def fail_with(error: BaseException) -> None:
        def inside(*_: object, **__: object) -> None:
            raise error

        # The name is bound in both. Both are imported before either is patched: an import in between would bind the
        # failing one for good, and fail every later test of the process.
        from porelight import inputs, verbs

        for module in (inputs, verbs):
            monkeypatch.setattr(module, "read_person", inside)

    return fail_with


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.startswith("porelight: ") and "Traceback" not in text


def test_an_error_that_nobody_foresaw_is_one_line_and_a_report_without_what_a_person_entered(
    run: Run, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    failing(KeyError("Erika Mustermann, isotretinoin"))
    code, stdout, stderr = run("screen", PERSON)
    assert (code, stdout) == (70, "")
    assert one_line(stderr), stderr
    assert "KeyError" in stderr
    assert "--debug" in stderr
    (report,) = (tmp_path / "cache" / "defects").iterdir()
    assert str(report) in stderr
    told = report.read_text()
    assert "builtins.KeyError" in told
    assert "porelight/verbs.py:" in told
    for private in ("Mustermann", "isotretinoin", str(PERSON), str(Path.home())):
        assert private not in told + stderr.replace(str(report), "")


class WithMessage(Exception):
    """As Jinja's errors are: with a message that cannot be set."""

    @property
    def message(self) -> str:
        return "of a library"


def test_an_error_whose_message_cannot_be_set_is_named_as_itself(
    run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(WithMessage())
    code, _, stderr = run("screen", PERSON)
    assert code == 70
    assert "WithMessage" in stderr


def test_the_report_names_the_errors_behind_an_error(
    run: Run, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    error = ValueError("outer")
    error.__cause__ = ZeroDivisionError("inner")
    failing(error)
    run("screen", PERSON)
    (report,) = (tmp_path / "cache" / "defects").iterdir()
    assert report.read_text().index("ZeroDivisionError") < report.read_text().index("ValueError")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_shows_the_traceback_wherever_it_stands(
    run: Run, failing: Callable[[BaseException], None], place: int
) -> None:
    failing(KeyError("x"))
    arguments = ["screen", str(PERSON)]
    arguments.insert(place, "--debug")
    code, _, stderr = run(*arguments)
    assert code == 70
    assert "Traceback (most recent call last)" in stderr


def test_only_the_newest_reports_are_kept(run: Run, failing: Callable[[BaseException], None], tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "defects"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"defect-20000101-0000{number:02}-000000.txt").write_text("old")
    failing(KeyError("x"))
    run("screen", PERSON)
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 20
    assert not kept[-1].startswith("defect-2000")


def test_a_report_that_cannot_be_written_does_not_make_it_worse(
    run: Run, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    failing(KeyError("x"))
    monkeypatch.setattr(Path, "write_text", denied)
    code, _, stderr = run("screen", PERSON)
    assert code == 70
    assert one_line(stderr), stderr
    assert "--debug" in stderr


class NoMemoryOpenCV(Exception):
    code = -4


NoMemoryOpenCV.__module__ = "cv2"


def chained() -> ValueError:
    """What a reader of files makes of it."""
    error = Refusal("the picture is damaged", where="photo.jpg", advice="Copy it again")
    error.__context__ = MemoryError()
    return error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        NoMemoryOpenCV("Insufficient memory"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libx.so: failed to map segment from shared object"),
        OSError("Could not load shared object file: libllvmlite.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
        chained(),
    ],
    ids=repr,
)
def test_too_little_memory_is_one_line(
    run: Run, failing: Callable[[BaseException], None], error: BaseException
) -> None:
    failing(error)
    code, _, stderr = run("screen", PERSON)
    assert code == 1
    assert one_line(stderr), stderr
    assert "memory" in stderr


def test_ctrl_c_is_one_line_and_130(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    code, _, stderr = run("screen", PERSON)
    assert code == 130
    assert "Traceback" not in stderr


def porelight(*arguments: str | Path, redirect: str = "") -> subprocess.CompletedProcess[str]:
    words = " ".join(f"'{word}'" for word in (sys.executable, "-m", "porelight", *arguments))
    return subprocess.run(["sh", "-c", f"{words} {redirect}"], capture_output=True, text=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [("screen", PERSON), ("screen", PERSON, "--json"), ("--help",)], ids=str)
def test_a_full_stdout_is_one_line(arguments: tuple[str | Path, ...]) -> None:
    # Was a traceback.
    done = porelight(*arguments, redirect="> /dev/full")
    assert done.returncode == 1
    assert one_line(done.stderr), done.stderr


def test_a_closed_stdout_is_one_line() -> None:
    # Was exit code 0 with everything lost.
    done = porelight("screen", PERSON, redirect=">&-")
    assert done.returncode == 1
    assert one_line(done.stderr), done.stderr


def test_a_reader_that_has_seen_enough_is_no_failure_to_talk_about() -> None:
    done = porelight("screen", PERSON, redirect="| head -n 1")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_terminated_run_tidies_up(tmp_path: Path) -> None:
    waits = (
        "import sys, time; from pathlib import Path\n"
        "from porelight.cli import ending; from porelight.report import workshop\n"
        "def work():\n"
        "  with workshop.open_workshop(Path(sys.argv[1])): print(flush=True); time.sleep(60)\n"
        "sys.exit(ending.run(work, []))"
    )
    run = subprocess.Popen([sys.executable, "-c", waits, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    run.stdout.readline()
    run.terminate()
    run.communicate()
    assert run.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ending.run(lambda: signal.raise_signal(signal.SIGHUP), []) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\x1b[31mb", "a\x9b31mb", "a\u2028b", "a\u202eb", "a\udcffb", "a\rb", "a\x00b"]
)
def test_what_steers_a_terminal_is_spelled_out(text: str) -> None:
    shown = harmless(text)
    assert shown[0] + shown[-1] == "ab"
    assert shown[1] == "\\"
    assert shown.isprintable()
    assert str(Refusal("it is wrong", where=text, advice="Mend it")) == f"{shown}: it is wrong. Mend it."


@pytest.mark.parametrize("text", ["Zoë's 照片 (1) \U0001f468\u200d\U0001f469.jpg", "=cmd", "dash-and_\u00e4"])
def test_what_is_only_unusual_stays(text: str) -> None:
    assert harmless(text) == text


def test_names_that_steer_a_terminal_are_harmless_in_every_message(run: Run, tmp_path: Path) -> None:
    bad = "a\x1b[31m\nb"
    _, _, refused = run("measure", tmp_path / f"{bad}.jpg", "--json")
    assert one_line(refused)
    _, _, usage = run("measure", SAMPLE, f"--{bad}")
    assert "\x1b[31m" not in usage
    out = tmp_path / f"{bad}.pdf"
    code, stdout, _ = run("card", "--out", out)
    assert (code, stdout.count("\n")) == (0, 1)
    assert "\x1b" not in stdout


def untouched(*_: object, **__: object) -> None:
    raise AssertionError("work was begun")


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what takes time may be called."""
    monkeypatch.setattr("porelight.inputs.read_photo", untouched)
    for name in ("measure", "plan", "calendar", "simulate", "compare"):
        monkeypatch.setattr(f"porelight.verbs.{name}", untouched)


EARLY = [
    ("measure", ""),
    ("plan", SAMPLE, "--person", PERSON, "--out", ""),
    ("plan", SAMPLE, "--person", PERSON, "--out", "out", "--timezone", "Mars/Olympus"),
    ("care", PERSON, *SESSION, "--today", "--timezone", "Mars/Olympus"),
    ("care", PERSON, *SESSION, "--sheet", "x.docx"),
    ("care", PERSON, *SESSION, "--out", "x.docx"),
    ("care", PERSON, *SESSION, "--out", "file/x.ics"),
    ("care", PERSON, *SESSION, "--sheet", "folder.html"),
    ("simulate", "--out", "file/below"),
    ("compare", SAMPLE, SAMPLE, "--out", "/"),
    ("card", "--out", "x.png"),
]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("arguments", EARLY, ids=lambda arguments: " ".join(map(str, arguments[-2:])))
def test_what_can_be_refused_at_once_is_refused_before_any_work(
    run: Run, arguments: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.html").mkdir()
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (1, "")
    assert one_line(stderr), stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.html"]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("fhir", ("plan", SAMPLE, "--person", PERSON, "--out", "out", "--fhir")),
        ("pdf", ("care", PERSON, *SESSION, "--sheet", "x.pdf")),
        ("atlas", ("simulate", "--out", "out")),
        ("cluster", ("measure", ROOT / "examples", "--out", "x.parquet")),
        ("cluster", ("measure", ROOT / "examples", "--out", "x.parquet", "--workers", "2")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_missing_extra_is_refused_before_any_work_with_the_line_that_installs_it(
    run: Run, extra: str, arguments: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"--workers": ("dask", "distributed")}.get(next((str(a) for a in arguments if a == "--workers"), ""))
    absent = lacking or extras.EXTRAS[extra]
    monkeypatch.setattr(extras, "_is_installed", lambda name: name not in absent)
    monkeypatch.chdir(tmp_path)
    code, _, stderr = run(*arguments)
    assert code == 1
    assert one_line(stderr), stderr
    assert f"pip install 'porelight[{extra}]'" in stderr
    assert list(tmp_path.iterdir()) == []


def test_answers_as_fhir_without_its_library_name_the_line_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text("{}")
    code = (
        "import sys; sys.modules['fhir'] = sys.modules['fhir.resources'] = None\n"
        "sys.argv = ['porelight', 'screen', sys.argv[1]]\n"
        "from porelight.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "answers.json")], capture_output=True, text=True)
    assert done.returncode == 1
    assert one_line(done.stderr), done.stderr
    assert "pip install 'porelight[fhir]'" in done.stderr


BLOCKS = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocked())
from porelight.cli import main
main()
"""
PHOTO_STACK = {"numba", "scipy", "cv2", "PIL", "matplotlib", "pi_heif"}


@pytest.mark.parametrize(
    ("blocked", "arguments"),
    [
        (PHOTO_STACK | {"numpy"}, ("screen", PERSON)),
        (PHOTO_STACK | {"numpy"}, ("care", PERSON, *SESSION, "--today", "--out", "x.ics", "--sheet", "x.html")),
        (PHOTO_STACK, ("screen", PERSON, "--json")),
        (PHOTO_STACK, ("care", PERSON, *SESSION, "--json")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_person_is_screened_and_cared_for_without_the_libraries_for_photos(
    blocked: set[str], arguments: tuple[str | Path, ...], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", BLOCKS.replace("{blocked}", repr(blocked)), *map(str, arguments)]
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_every_library_of_an_extra_is_installed_by_it() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra, names in extras.EXTRAS.items():
        declared = " ".join(project["optional-dependencies"][extra])
        for name in names:
            assert name in declared, (extra, name)


def test_help_answers_at_once() -> None:
    before = os.times().children_user
    porelight("--help")
    assert os.times().children_user - before < 0.5
