"""scripts/sizes.py: each limit on a package made for it, seen to be broken and seen to be kept."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

sizes: Any = import_module("scripts.sizes")


def problems(folder: Path, files: dict[str, str], exceptions: dict[tuple[str, str], str] | None = None) -> list[str]:
    """Return what is said of a package of these files; each test takes a name of its own, since imports are kept."""
    package = folder / f"tree_{folder.name}"
    for name, text in {"__init__.py": "", **files}.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("PACKAGE", package.name))
        (path.parent / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    try:
        found = sizes.find_problems(sizes.measure(package), exceptions or {})
        return [problem.replace(package.name + ".", "") for problem in found]
    finally:
        sys.path.remove(str(folder))


def function(lines: int, name: str = "long") -> str:
    return f"def {name}():\n" + "    pass\n" * (lines - 1)


def fields(count: int, indent: str = "    ") -> str:
    return "".join(f"{indent}field_{no}: int\n" for no in range(count))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n" * 300, []),
        ("\n" * 301, ["a: 301 lines, allowed are 300"]),
        (function(60), []),
        (function(61), ["a.long: 61 function lines, allowed are 60"]),
        (
            "class C:\n    async " + function(61).replace("    ", " " * 8),
            ["a.C.long: 61 function lines, allowed are 60"],
        ),
        ("if 1:\n    " + function(61).replace("    ", " " * 8), ["a.long: 61 function lines, allowed are 60"]),
        (
            "try:\n    pass\nexcept E:\n    " + function(61).replace("    ", " " * 8),
            ["a.long: 61 function lines, allowed are 60"],
        ),
    ],
)
def test_a_module_and_a_function_have_a_greatest_length(tmp_path: Path, text: str, said: list[str]) -> None:
    assert problems(tmp_path, {"a.py": text}) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class C:\n    def __init__(self, a, /, b, c, d, *, e, f, g, h): ...", 0),
        ("class C:\n    def __init__(self, a, /, b, c, d, *, e, f, g, h, i): ...", 9),
        ("class C:\n    def __init__(self, a, b, c, d, e, f, g, *h, **i): ...", 9),
        ("class C:\n    def other(self, a, b, c, d, e, f, g, h, i): ...", 0),
        ("class C:\n" + fields(9), 0),
        ("@dataclass\nclass C:\n" + fields(8), 0),
        ("@dataclass\nclass C:\n" + fields(9), 9),
        ("@dataclasses.dataclass(slots=True)\nclass C:\n" + fields(9), 9),
        ("@dataclass(slots=True, frozen=True)\nclass C:\n" + fields(9), 0),
        ("@dataclass\nclass C:\n    a: ClassVar[int] = 1\n    b: int = field(init=False)\n" + fields(8), 0),
        ("class Settings:\n    def __init__(self, a, b, c, d, e, f, g, h, i): ...", 0),
    ],
)
def test_a_constructor_takes_at_most_eight_values(tmp_path: Path, text: str, said: int) -> None:
    assert problems(tmp_path, {"a.py": text}) == ([f"a.C: {said} parameters, allowed are 8"] if said else [])


def test_a_folder_has_at_most_22_modules_unless_it_is_that_of_the_presets(tmp_path: Path) -> None:
    def many(folder: str, count: int) -> dict[str, str]:
        return {f"{folder}/m{no}.py": "" for no in range(count)}

    assert problems(tmp_path, many("few", 22) | many("many", 23) | many("presets", 23)) == [
        "many: 23 modules, allowed are 22"
    ]


def test_a_circle_of_imports_is_found_also_by_way_of_a_third(tmp_path: Path) -> None:
    files = {
        "a.py": "from PACKAGE import b",
        "b.py": "def f():\n    from PACKAGE.c import x",
        "c.py": "import PACKAGE.a",
    }

    assert problems(tmp_path, files | {"d.py": "from PACKAGE import a"}) == [
        f"{module}: is part of a circle of imports" for module in "abc"
    ]


def test_an_exception_is_one_as_long_as_it_is_needed(tmp_path: Path) -> None:
    name = f"tree_{tmp_path.name}.a"
    exceptions = {("lines", name): "long", ("parameters", f"{name}.Gone"): "gone"}

    assert problems(tmp_path, {"a.py": "\n" * 301}, exceptions) == [
        "a.Gone: needs no exception for its parameters; remove it from scripts/sizes.py"
    ]


def test_an_exception_for_one_limit_is_none_for_another(tmp_path: Path) -> None:
    name = f"tree_{tmp_path.name}.a"

    assert problems(tmp_path, {"a.py": "\n" * 301}, {("modules", name): "another"}) == [
        "a: 301 lines, allowed are 300",
        "a: needs no exception for its modules; remove it from scripts/sizes.py",
    ]


def test_this_package_is_within_its_limits() -> None:
    assert sizes.main() == 0


def test_files_of_tests_are_measured_by_their_lines(tmp_path: Path) -> None:
    (tmp_path / "tests" / "written").mkdir(parents=True)
    (tmp_path / "tests" / "test_a.py").write_text("\n" * 601)
    (tmp_path / "tests" / "written" / "b.py").write_text("x = 1\n")
    found = sizes.measure_tests(tmp_path / "tests")
    assert found == {("test lines", "tests/test_a.py"): 601, ("test lines", "tests/written/b.py"): 1}
    assert list(sizes.find_problems(found, {})) == ["tests/test_a.py: 601 test lines, allowed are 600"]
