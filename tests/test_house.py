"""What keeps the house in order: sources, conversion factors, sizes, names, comments, purity."""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

import yaml

from porelight import cite
from tests.rows import each_row

SOURCE = Path(__file__).resolve().parents[1] / "src" / "porelight"
MODULES = sorted(SOURCE.rglob("*.py"))
OUTSIDE = ("export", "report", "inputs.py", "verbs.py", "study", "cli", "clinic")
CORE = [path for path in MODULES if path.relative_to(SOURCE).parts[0] not in OUTSIDE]
TABLES = sorted(path for path in (SOURCE / "data").rglob("*.yaml") if path.name != "sources.yaml")


def place(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named_sources(thing: object) -> set[str]:
    if isinstance(thing, dict):
        own = {thing["source"]} if isinstance(thing.get("source"), str) else set()
        return own.union(*(named_sources(value) for value in thing.values()))
    if isinstance(thing, list):
        return set().union(*(named_sources(value) for value in thing))
    return set()


@each_row("path", TABLES, ids=place)
def test_every_source_that_a_table_names_exists(path: Path) -> None:
    assert named_sources(yaml.safe_load(path.read_text(encoding="utf-8"))) - set(cite.sources()) == set()


def test_every_source_is_named_by_a_table() -> None:
    benchmarks = (SOURCE.parents[1] / "benchmarks").glob("*.yaml")
    words = {word for path in [*TABLES, *benchmarks] for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert set(cite.sources()) - words - {"own_knowledge", "assumed", "exact"} == set()


@each_row("path", TABLES, ids=place)
def test_every_row_of_single_numbers_can_be_cited(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for row in content.get("rows", []) if isinstance(content, dict) else []:
        if "value" in row and "unit" in row:
            found = cite.read_row(row)
            assert found.si_low <= found.si <= found.si_high, row["id"]
            assert found.confidence != "assumed" or found.note or found.conditions, f"{row['id']} gives no reason"


IMPURE = {"open", "print", "input", "exec", "eval"}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time")}


@each_row("path", CORE, ids=place)
def test_the_core_reads_no_file_no_clock_and_prints_nothing(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in IMPURE, f"line {node.lineno}"
            elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name | ast.Attribute):
                owner = node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr
                assert (owner, node.func.attr) not in CLOCKS, f"line {node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.split(".")[0] in {"requests", "urllib", "socket", "http"} for name in names)


@each_row("path", MODULES, ids=place)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_no_machine_path_stands_in_the_project() -> None:
    for path in MODULES + TABLES:
        assert not re.search(r"/(home|root|work|tmp)/\w", path.read_text(encoding="utf-8")), path


LONG = {
    # Kernels: Numba compiles one loop over registers and arrays; taken apart, it would pass them all again.
    "heat/block_kernels.py: sweep_window": "rate, blend and explicit step share one pass over the window",
    "heat/kernels.py: step_under_light": "one explicit step; removal has to see the enthalpies it ends with",
    "light/monte_carlo/events.py: meet_surface": "every outcome of one meeting, in the order random numbers are drawn",
    "light/monte_carlo/packet.py: advance_lanes": "all lanes one event further, vectorised as a whole",
    "light/monte_carlo/packet.py: run_block": "the life of a block of photons, on one stack frame",
    "light/monte_carlo/scalar.py: run_block": "the oracle of the packet kernel: one photon at a time, top to bottom",
    "photo/container/entropy_kernel.py: count_impossible": "one loop over a stream of bits, whose registers it keeps",
    "photo/pores/fit_kernel.py: fit": "damped least squares of one outline, a round after another",
    "photo/pores/fit_kernel.py: look": "model, residual and normal equations in one pass over the pixels of a dot",
    # Chains: a line a stage.
}
"""Functions of more than 40 lines, and why each is one."""


def lines_of_body(function: ast.FunctionDef) -> int:
    """Without the signature and the docstring."""
    doc = ast.get_docstring(function, clean=False)
    first = function.body[0].lineno
    return (function.end_lineno or first) - first + 1 - (doc.count("\n") + 1 if doc else 0)


def test_functions_stay_short_or_say_why_not() -> None:
    long = {
        f"{place(path)}: {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and lines_of_body(node) > 40
    }
    assert long - set(LONG) == set()
    assert set(LONG) - long == set(), "short now, or renamed: take it off the list"


def test_no_file_bears_the_name_of_its_folder() -> None:
    assert [place(path) for path in MODULES if path.stem == path.parent.name] == []


# What is not yet as it should be may only become less: lower a bound when the count falls.
HIDDEN_MODULES = 2
REUSED_CONSTANTS = 0
SHARE_OF_ONE_WORD_FUNCTIONS = 0.17
SHARE_OF_COMMENT_LINES = 0.010


def hidden_modules(door: Path) -> set[str]:
    """Modules out of reach: after ``from .calendar import calendar`` the package's ``calendar`` is the function."""
    files, folders = door.parent.glob("*.py"), door.parent.glob("*/__init__.py")
    modules = {path.stem for path in files} | {path.parent.name for path in folders}
    package = ".".join(("porelight", *door.parent.relative_to(SOURCE).parts))
    names = set()
    for node in ast.walk(tree(door)):
        if isinstance(node, ast.ImportFrom) and node.module not in {None, package}:
            names |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return {f"{place(door.parent)}/{name}" for name in names & modules}


def test_no_function_hides_the_module_it_comes_from() -> None:
    doors = [path for path in MODULES if path.name == "__init__.py"]
    hidden = set().union(*map(hidden_modules, doors))
    assert len(hidden) <= HIDDEN_MODULES, hidden


def constants() -> dict[str, dict[str, str]]:
    """Name -> file -> value as written, of every upper-case name that a module sets."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in MODULES:
        for node in tree(path).body:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper() and value is not None:
                    found[target.id][place(path)] = ast.unparse(value)
    return found


def test_no_two_files_give_one_name_two_values() -> None:
    reused = {name: list(files) for name, files in constants().items() if len(set(files.values())) > 1}
    assert len(reused) <= REUSED_CONSTANTS, reused


def test_functions_are_named_by_verb_and_object() -> None:
    """A noun may stay one word where the field calls it so (``blur``, ``erf``)."""
    names = [
        f"{place(path)}: {node.name}"
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.name.strip("_") and not node.name.endswith("__")
    ]
    one_word = [name for name in names if "_" not in name.split(": ")[1].strip("_")]
    assert len(one_word) <= SHARE_OF_ONE_WORD_FUNCTIONS * len(names), one_word


def test_comments_say_why() -> None:
    """Lines that are comments, of all lines that are not empty; what tools read does not count."""
    comments = lines = 0
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        lines += sum(1 for line in text.splitlines() if line.strip())
        comments += sum(
            token.type == tokenize.COMMENT
            and token.line.strip() == token.string
            and not token.string.startswith("# type:")
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
        )
    assert comments >= SHARE_OF_COMMENT_LINES * lines, f"{comments} of {lines} lines"
