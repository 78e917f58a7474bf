"""Services, views and queries each keep to their part of the work."""

import ast

import pytest

from tests.architecture.code import (
    APPS,
    called,
    functions,
    named,
    python_files,
    short,
    tree,
)

OWN = "a person's own settings, factors and marks: there is no other object to judge"
COMMAND = "a command, which nobody can call from a page"
INNER = "made of acts that are judged and recorded themselves"
JUDGED_BEFORE = "the draft it belongs to was fetched for its author and judged by the caller"
NOBODY_ELSE = "concerns nobody but the actor, so the journal does not follow it"
UNTIL_DONE = "nothing is changed yet; the act that uses it is recorded"

WITHOUT_REQUIRE = {
    "accounts/services/administrations.seed_administrations": COMMAND,
    "accounts/services/invitations.close_expired": COMMAND,
    "accounts/services/invitations.found": COMMAND,
    "accounts/services/own.change_settings": OWN,
    "accounts/services/own.choose_language": OWN,
    "accounts/services/own.end_other_sessions": OWN,
    "accounts/services/people.put_to_sleep": COMMAND,
    "accounts/services/second_factor.add_app": OWN,
    "accounts/services/second_factor.add_passkey": OWN,
    "accounts/services/second_factor.make_recovery_codes": OWN,
    "accounts/services/second_factor.remove_factor": OWN,
    "accounts/services/second_factor.show_recovery_codes": OWN,
    "bulletins/opening.mark_all_read": OWN,
    "discussions/services/threads.end_overdue": COMMAND,
    "meetings/services/feeds.make_feed": OWN,
    "meetings/services/feeds.revoke_feed": OWN,
    "meetings/services/series.work_out_again": COMMAND,
    "meetings/services/silence.close_silences": COMMAND,
    "mous/services/chasing.chase_by_itself": COMMAND,
    "mous/services/drafts.sweep_drafts": COMMAND,
    "mous/services/instruments.admit_new_members": COMMAND,
    "mous/services/leaving.tell_of_withdrawals": COMMAND,
    "vault/joining.finish_waiting": INNER,
    "vault/joining.open_up": OWN,
    "vault/joining.shut_out": INNER,
    "vault/joining.vouch": INNER,
    "vault/new_starts.ask_for_link": "nobody is known yet, and every address gets the same answer",
    "vault/passphrases.found_directory": "there are no rules before there is a directory",
    "vault/rotation.rotate_pepper": COMMAND,
    "vault/uploads.begin": JUDGED_BEFORE,
    "vault/uploads.receive_whole": JUDGED_BEFORE,
}
WITHOUT_RECORD = {
    "accounts/services/invitations.enter_invited": INNER,
    "accounts/services/own.change_settings": NOBODY_ELSE,
    "accounts/services/own.choose_language": NOBODY_ELSE,
    "accounts/services/second_factor.show_recovery_codes": NOBODY_ELSE,
    "activity/services.mark_read": NOBODY_ELSE,
    "activity/services.mark_unread": NOBODY_ELSE,
    "bulletins/opening.mark_all_read": NOBODY_ELSE,
    "bulletins/services.save_draft": NOBODY_ELSE,
    "bulletins/services.start_draft": NOBODY_ELSE,
    "discussions/opening.open_thread_page": "the page marks it as read, which is no secret act",
    "discussions/services/reading.discard_draft": NOBODY_ELSE,
    "discussions/services/reading.keep_draft": NOBODY_ELSE,
    "discussions/services/reading.mark_unread_from": NOBODY_ELSE,
    "discussions/services/reading.pay_attention": NOBODY_ELSE,
    "discussions/services/reading.read_up_to": NOBODY_ELSE,
    "meetings/services/papers.begin_paper": UNTIL_DONE,
    "mous/services/ceremony.confirm_signatures": INNER,
    "mous/services/ceremony.enter_signatures": INNER,
    "mous/services/drafts.begin_draft": UNTIL_DONE,
    "mous/services/drafts.sweep_drafts": UNTIL_DONE,
    "mous/services/signing.sign_instrument": INNER,
    "vault/joining.finish_waiting": INNER,
    "vault/joining.shut_out": INNER,
    "vault/joining.vouch": INNER,
    "vault/proposals.finish_beginning": INNER,
    "vault/new_beginning.propose": UNTIL_DONE,
    "vault/new_beginning.witness": UNTIL_DONE,
    "vault/uploads.begin": UNTIL_DONE,
    "vault/uploads.receive_whole": UNTIL_DONE,
}
# `_own` refuses whoever is not the person herself.
JUDGES = {"require", "_own"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "delete", "get_or_create"}
WRITES |= {"update_or_create", "select_for_update"}


def _name(path, function):
    return f"{short(path).removesuffix('.py')}.{function.name}"


def _reached(path, function):
    """What a function calls, through the helpers that stand in the same file."""
    local = {f.name: f for f in functions(path)}
    seen, waiting = set(), {function.name}
    while waiting:
        calls = called(local[waiting.pop()])
        waiting |= (calls & set(local)) - seen
        seen |= calls
    return seen


def _public(paths):
    return [(path, f) for path in paths for f in functions(path) if f.name[0] != "_"]


SERVICES = _public(named("services"))
# An act is what takes `actor` by keyword, wherever it stands below the pages.
ACTS = [
    (path, function)
    for path, function in _public(path for app in APPS for path in python_files(app))
    if [argument.arg for argument in function.args.kwonlyargs][:1] == ["actor"]
]
WRITING = [(path, f) for path, f in SERVICES if _reached(path, f) & (WRITES | {"atomic"})]


def _named(pairs):
    return pytest.mark.parametrize(
        ("path", "function"), [pytest.param(p, f, id=_name(p, f)) for p, f in pairs]
    )


@_named(WRITING)
def test_a_service_that_changes_something_is_told_who_acts(path, function):
    named_first = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)][:1]
    assert named_first == ["actor"]


@_named(ACTS)
def test_an_act_takes_everything_by_keyword(path, function):
    assert not function.args.args


@_named(ACTS)
def test_an_act_is_judged(path, function):
    assert _reached(path, function) & JUDGES or _name(path, function) in WITHOUT_REQUIRE


@_named(ACTS)
def test_an_act_is_recorded(path, function):
    assert "record" in _reached(path, function) or _name(path, function) in WITHOUT_RECORD


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
    known = {_name(path, function) for path, function in ACTS}
    assert not (set(WITHOUT_REQUIRE) | set(WITHOUT_RECORD)) - known
