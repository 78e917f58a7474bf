"""The copy that an administration takes home, checked by a program that knows nothing of ours."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from access.actors import Actor
from activity import chain, export
from activity.checkpoints import make_checkpoint
from activity.mail import deliver
from activity.models import JournalEntry
from activity.queries import journal_key
from tests.activity.test_checkpoints import TICK, act, rewrite

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_journal.py"


@pytest.fixture
def history(cast, mail_dir):
    """Lines of two administrations, a checkpoint on the way and one mailed to Fiji."""
    for _ in range(3):
        act(2, "FJ", cast.ratu)
        act(3, "TO", cast.mele)
    make_checkpoint(TICK)
    deliver()
    act(4, "FJ", cast.sela)


@pytest.fixture
def mailed(history, mail_dir):
    return next(path for path in mail_dir.iterdir() if "sela@" in path.read_text())


@pytest.fixture
def proof(history, tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text("".join(export.proof("FJ")))
    return path


def verify(path, *options):
    """Run the script as a member would: alone, in an empty folder, without our packages."""
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, path, *options],
        capture_output=True,
        text=True,
        cwd=path.parent,
        env={"PATH": os.environ["PATH"]},
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def key():
    return journal_key().to_bytes().hex()


def changed(path, change):
    """The copy with its lines changed, as JSON objects, by `change`."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(row) + "\n" for row in change(rows)))
    return path


def own(rows):
    return [row for row in rows if "seq" in row]


def test_an_honest_copy_is_whole(proof, mailed):
    code, said, complaints = verify(proof, "--key", key(), "--checkpoint", mailed)
    assert (code, complaints) == (0, "")
    assert "20 lines, 10 of them shown in full, 2 checkpoints." in said
    assert "The journal is whole." in said


def test_without_mail_and_key_it_says_what_it_could_not_see(proof):
    code, said, _complaints = verify(proof)
    assert code == 0
    assert "a complete rewrite could not be seen" in said
    assert "compare it with the minutes" in said


def test_the_lines_of_others_are_hashes_only(proof, cast):
    text = proof.read_text()
    assert f'\\"actor\\":{cast.ratu.pk},' in text
    assert f'\\"actor\\":{cast.mele.pk},' not in text
    assert '\\"for\\":\\"TO\\"' not in text


def edit_an_own_line(rows):
    own(rows)[2]["entry"] = own(rows)[2]["entry"].replace('"revision":1', '"revision":2')
    return rows


def delete_an_own_line(rows):
    rows.remove(own(rows)[2])
    return rows


def delete_a_line_of_others(rows):
    others = next(row for row in rows if "from" in row)
    others["hashes"] = others["hashes"][:-64]
    return rows


def change_a_line_of_others(rows):
    others = next(row for row in rows if "from" in row)
    others["hashes"] = "00" * 32 + others["hashes"][64:]
    return rows


def exchange_two_lines(rows):
    first = rows.index(own(rows)[0])
    rows[first], rows[first + 1] = rows[first + 1], rows[first]
    return rows


def forge_a_checkpoint(rows):
    rows[-1]["checkpoint"]["root"] = "11" * 32
    return rows


def cut_the_end_off(rows):
    short = [row for row in rows if row.get("seq", 0) <= 2 and "from" not in row]
    short[0]["size"] = 2
    return short


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (edit_an_own_line, "Line 6 was changed after it was written"),
        (delete_an_own_line, "Line 6 is missing"),
        (delete_a_line_of_others, "Line 5 is missing"),
        (change_a_line_of_others, "was made over other lines"),
        (exchange_two_lines, "Line 1 is missing"),
        (forge_a_checkpoint, "was not signed with the journal's key"),
        (cut_the_end_off, "lines were cut off"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_whatever_is_done_to_a_copy_is_said_in_a_sentence(proof, change, sentence):
    code, said, complaints = verify(changed(proof, change), "--key", key())
    assert code == 1
    assert sentence in complaints
    assert "does NOT verify" in said


def test_a_rewrite_with_everything_signed_anew_disagrees_with_the_mail(
    history, mailed, tmp_path, settings
):
    """Somebody who holds the server itself can sign, but cannot take the mail back."""
    from activity.models import Checkpoint

    Checkpoint.objects.all().delete()
    rewrite(
        lambda entry: entry.replace(b'"event":"bulletins.opened"', b'"event":"bulletins.issued"')
    )
    make_again = "".join(export.proof("FJ"))
    path = tmp_path / "rewritten.jsonl"
    path.write_text(make_again)
    assert verify(path, "--key", key())[0] == 0
    code, _said, complaints = verify(path, "--key", key(), "--checkpoint", mailed)
    assert code == 1
    assert "the journal was rewritten" in complaints


def test_a_copy_under_another_key_is_refused(proof):
    code, _said, complaints = verify(proof, "--key", "11" * 32)
    assert code == 1
    assert "was not signed with the journal's key" in complaints


def test_a_mail_quoted_in_a_text_is_understood(proof, mailed, tmp_path):
    import email
    import email.policy

    mail = email.message_from_bytes(mailed.read_bytes(), policy=email.policy.default)
    quoted = "\n".join(f"> {row}" for row in mail.get_body(("plain",)).get_content().splitlines())
    text = tmp_path / "minutes.txt"
    text.write_text(f"Minutes of the third quarter\n\n{quoted}\n")
    assert verify(proof, "--key", key(), "--checkpoint", text)[0] == 0


@pytest.mark.parametrize("content", ["", "hello\n", '{"format":"other"}\n', "[1]\n", "{}\n"])
def test_a_file_of_another_kind_gets_a_sentence_and_no_traceback(tmp_path, content):
    path = tmp_path / "other.jsonl"
    path.write_text(content)
    code, _said, complaints = verify(path)
    assert code == 2
    assert complaints.startswith("This cannot be read as an export of the journal.")
    assert "Traceback" not in complaints


def test_the_operators_copy_shows_every_line(history, tmp_path):
    path = tmp_path / "all.jsonl"
    call_command("export_journal", str(path), stdout=io.StringIO())
    code, said, _complaints = verify(path, "--key", key())
    assert code == 0
    assert "21 lines, 21 of them shown in full" in said
    assert JournalEntry.objects.latest("seq").event == "activity.journal_exported"


# The table ------------------------------------------------------------------------------------


def table_of(rows):
    text = export.table(rows)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_table_names_people_and_events(history, cast):
    rows = table_of(JournalEntry.objects.filter(administration="FJ").order_by("seq"))
    assert rows[0]["Person"] == "Ratu"
    assert rows[0]["What happened"] == "Bulletin opened"
    assert rows[0]["Details"] == "revision: 1"
    assert len(rows[0]["Hash"]) == 64


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|cmd"])
def test_no_cell_of_the_table_computes(cast, name):
    cast.ratu.name = name
    cast.ratu.save()
    act(1, "FJ", cast.ratu)
    assert table_of(JournalEntry.objects.all())[0]["Person"] == f"'{name}"


def test_the_verifier_and_the_portal_agree_on_the_recipe():
    """Both spell out the same hashes; this holds them together."""
    source = VERIFIER.read_text()
    assert chain.LINE.decode().strip() in source
    assert chain.CHECKPOINT in source
    assert export.FORMAT in source


def test_a_command_appears_under_its_own_name(db):
    act(1)
    assert table_of(JournalEntry.objects.all())[0]["Person"] == "tick"
    assert Actor.command("tick").name == "tick"
