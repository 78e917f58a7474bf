"""Services, views and queries each keep to their part of the work."""

import ast

import pytest

from tests.architecture.code import called, functions, named, short, tree

# Public functions of services.py that act for nobody known, or only lend a hand, each with why.
WITHOUT_ACTOR: dict[str, str] = {}
# Acts whose refusal or record stands elsewhere, each with why.
WITHOUT_REQUIRE: dict[str, str] = {}
WITHOUT_RECORD: dict[str, str] = {
    "activity/services.mark_read": "what people have read of their own notices is their business",
    "activity/services.mark_unread": "the same",
}

SERVICES = [(path, f) for path in named("services") for f in functions(path) if f.name[0] != "_"]
WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create"}
WRITES |= {"update_or_create", "select_for_update"}


def _name(path, function):
    return f"{short(path).removesuffix('.py')}.{function.name}"


def _named(pairs):
    return pytest.mark.parametrize(
        ("path", "function"), [pytest.param(p, f, id=_name(p, f)) for p, f in pairs]
    )


def _reached(path, function):
    """What a function calls, through the helpers that stand in the same file."""
    local = {f.name: f for f in functions(path)}
    seen, waiting = set(), {function.name}
    while waiting:
        calls = called(local[waiting.pop()])
        waiting |= (calls & set(local)) - seen
        seen |= calls
    return seen


@_named(SERVICES)
def test_a_service_takes_actor_first_and_by_keyword(path, function):
    if _name(path, function) in WITHOUT_ACTOR:
        return
    arguments = function.args
    assert not arguments.args, "everything by keyword"
    assert [a.arg for a in arguments.kwonlyargs][:1] == ["actor"]


@_named(SERVICES)
def test_a_service_asks_first_and_records_after(path, function):
    if _name(path, function) in WITHOUT_ACTOR:
        return
    reached = _reached(path, function)
    assert "require" in reached or _name(path, function) in WITHOUT_REQUIRE
    assert "record" in reached or _name(path, function) in WITHOUT_RECORD


@_named(SERVICES)
def test_a_service_never_sees_a_request(path, function):
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    assert "request" not in [argument.arg for argument in arguments]


@pytest.mark.parametrize("path", named("queries"), ids=short)
def test_a_query_changes_nothing(path):
    assert not called(tree(path)) & WRITES - {"update"}


@pytest.mark.parametrize("path", named("views") + named("consumers"), ids=short)
def test_a_view_leaves_saving_to_services(path):
    written = {
        node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES - {"update", "delete"}
    }
    assert not written


def test_the_exceptions_still_exist():
    known = {_name(path, function) for path, function in SERVICES}
    assert not (set(WITHOUT_ACTOR) | set(WITHOUT_REQUIRE) | set(WITHOUT_RECORD)) - known
