"""Check that modules, functions, constructors, folders and tests stay small, and that no imports form a circle.

Usage: python scripts/sizes.py

Prints everything that is over its limit, and every exception that is no longer needed; exits with 1 then.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "http_monitor"

LIMITS = {"lines": 300, "function lines": 60, "parameters": 8, "modules": 22, "circle": 0, "test lines": 600}
"""The most that is allowed of each; a module in a circle of imports counts as one over."""

Key = tuple[str, str]
"""The limit, and the dotted name of what is held to it."""

EXCEPTIONS: dict[Key, str] = {}
"""Why something may be over its limit."""


def main() -> int:
    """Check the package and the tests of this checkout; return the exit code."""
    sys.path.insert(0, str(ROOT))
    sizes = measure(ROOT / PACKAGE) | measure_tests(ROOT / "tests")
    problems = list(find_problems(sizes, EXCEPTIONS))
    for problem in problems:
        print(problem)
    if not problems:
        print(f"all sizes within their limits, {len(EXCEPTIONS)} exceptions")
    return 1 if problems else 0


def find_problems(sizes: Mapping[Key, int], exceptions: Mapping[Key, str]) -> Iterator[str]:
    """Yield a sentence for each size over its limit without an exception, and for each exception without need."""
    over = {key: size for key, size in sizes.items() if size > LIMITS[key[0]]}
    for (limit, name), size in over.items():
        if (limit, name) not in exceptions:
            yield (
                f"{name}: is part of a circle of imports"
                if limit == "circle"
                else (f"{name}: {size} {limit}, allowed are {LIMITS[limit]}")
            )
    for limit, name in exceptions:
        if (limit, name) not in over:
            yield f"{name}: needs no exception for its {limit}; remove it from scripts/sizes.py"


def measure_tests(folder: Path) -> dict[Key, int]:
    """Return the number of lines of each Python file in the folder of the tests."""
    return {
        ("test lines", str(path.relative_to(folder.parent))): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(folder.rglob("*.py"))
    }


def measure(folder: Path) -> dict[Key, int]:
    """Return the sizes of all that the package in a folder has; the parent of the folder must be in `sys.path`."""
    sizes: dict[Key, int] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        package = ".".join(parts[:-1])
        module = package if parts[-1] == "__init__" else ".".join(parts)
        source = path.read_text(encoding="utf-8")
        sizes["lines", module] = len(source.splitlines())
        sizes.update(_measure_body(ast.parse(source).body, module))
        if module != package and parts[-2] != "presets":
            sizes["modules", package] = sizes.get(("modules", package), 0) + 1
    return sizes | {("circle", module): 1 for module in find_circles(folder.name)}


def find_circles(package: str) -> list[str]:
    """Return the modules that import themselves by way of others."""
    graph = grimp.build_graph(package, cache_dir=None)
    return sorted(
        module
        for module in graph.modules
        if any(graph.chain_exists(imported, module) for imported in graph.find_modules_directly_imported_by(module))
    )


def _measure_body(body: list[ast.stmt], owner: str) -> Iterator[tuple[Key, int]]:
    """Yield the sizes of the functions and classes in a body, those inside others too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield ("function lines", f"{owner}.{node.name}"), node.end_lineno - node.lineno + 1
            yield from _measure_body(node.body, f"{owner}.{node.name}")
        elif isinstance(node, ast.ClassDef):
            if node.name != "Settings":
                yield ("parameters", f"{owner}.{node.name}"), _count_parameters(node)
            yield from _measure_body(node.body, f"{owner}.{node.name}")
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            handlers = [child for handler in getattr(node, "handlers", []) for child in handler.body]
            yield from _measure_body([*inner, *handlers], owner)


def _count_parameters(node: ast.ClassDef) -> int:
    """Count what the constructor takes, without self; 0 for a frozen dataclass."""
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            taken = inner.args
            several = [taken.vararg, taken.kwarg]
            named = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
            return len(named) - 1 + sum(parameter is not None for parameter in several)
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    dataclass = next((text for text in decorators if text.partition("(")[0].endswith("dataclass")), None)
    if dataclass is None or "frozen=True" in dataclass:
        return 0
    fields = [inner for inner in node.body if isinstance(inner, ast.AnnAssign)]
    return sum(
        "ClassVar" not in ast.unparse(field.annotation)
        and not (field.value is not None and "init=False" in ast.unparse(field.value))
        for field in fields
    )


if __name__ == "__main__":
    sys.exit(main())
