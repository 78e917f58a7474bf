"""Papers that can be submitted, packs that are taken away, and what is new since one looked.

Until now no paper could be submitted, so there is no row of one: the table is made anew with the
columns that no paper can be without.
"""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BIG = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE


def link(to, on_delete, name="+"):
    return models.ForeignKey(on_delete=on_delete, related_name=name, to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("meetings", "0004_outcome"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.DeleteModel("Paper"),
        migrations.CreateModel(
            "Paper",
            [
                ("id", BIG.clone()),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "number",
                    models.PositiveSmallIntegerField(help_text="of the paper within its item"),
                ),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("sealed", models.BinaryField(help_text="the title, and what each file is")),
                ("signature", models.BinaryField(max_length=64)),
                ("administration", link("accounts.administration", PROTECT)),
                ("author", link(settings.AUTH_USER_MODEL, PROTECT)),
                ("item", link("meetings.agendaitem", PROTECT, "papers")),
                ("key", link("meetings.meetingkey", PROTECT)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "number", "version"), name="each_version_of_a_paper_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "PaperDraft",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("administration", link("accounts.administration", PROTECT)),
                ("author", link(settings.AUTH_USER_MODEL, CASCADE)),
                ("item", link("meetings.agendaitem", CASCADE, "paper_drafts")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "author", "administration"), name="one_paper_at_a_time"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "PackTaken",
            [
                ("id", BIG.clone()),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("papers", models.JSONField(default=list, help_text="uuids")),
                ("meeting", link("meetings.meeting", PROTECT, "packs")),
                ("user", link(settings.AUTH_USER_MODEL, CASCADE)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["meeting", "user", "taken_at"], name="packs_of_person")
                ]
            },
        ),
        migrations.CreateModel(
            "Look",
            [
                ("id", BIG.clone()),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("marked_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("meeting", link("meetings.meeting", CASCADE, "looks")),
                ("user", link(settings.AUTH_USER_MODEL, CASCADE)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "user"), name="one_look_per_person")
                ]
            },
        ),
    ]
