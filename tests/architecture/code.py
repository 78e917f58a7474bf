"""How the architecture tests read the project: its files, and what a file imports and calls."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "wording",
    "papers",
    "access",
    "activity",
    "accounts",
    "vault",
    "bulletins",
    "discussions",
    "meetings",
    "mous",
)


def python_files(folder: str) -> list[Path]:
    files = sorted((ROOT / folder).rglob("*.py"))
    return [path for path in files if "migrations" not in path.parts]


def named(name: str) -> list[Path]:
    """`services.py` of every app, and what a folder `services/` holds."""
    files = [path for app in (*APPS, "iswg") for path in python_files(app)]
    return [path for path in files if path.name == f"{name}.py" or path.parent.name == name]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, *, for_types: bool = True) -> Iterator[str]:
    """Full dotted names of the modules a file imports, inside functions too."""
    left_out = set() if for_types else _for_type_checkers(tree(path))
    for node in ast.walk(tree(path)):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = path.relative_to(ROOT).parts[: -node.level]
                module = ".".join([*package, module]).strip(".")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _for_type_checkers(module: ast.Module) -> set[ast.AST]:
    blocks = [node for node in ast.walk(module) if isinstance(node, ast.If)]
    blocks = [block for block in blocks if ast.unparse(block.test).endswith("TYPE_CHECKING")]
    return {node for block in blocks for line in block.body for node in ast.walk(line)}


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]


def called(function: ast.AST) -> set[str]:
    """Last words of what is called: `require` for `policy.require(...)` as well."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    return names | {call.attr for call in calls if isinstance(call, ast.Attribute)}
