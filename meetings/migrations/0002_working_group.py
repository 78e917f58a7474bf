"""The working group itself, whose quorum counts the six elected seats."""

from django.db import migrations


def enter(apps, _schema):
    apps.get_model("meetings", "Group").objects.get_or_create(
        code="ISWG",
        defaults={
            "name": "Information Sharing Working Group",
            "name_fr": "Groupe de travail sur le partage d’informations",
            "counting": "seats",
        },
    )
    apps.get_model("meetings", "Group").objects.get_or_create(
        code="OCO",
        defaults={
            "name": "Oceania Customs Organisation",
            "name_fr": "Organisation des douanes de l’Océanie",
            "counting": "members",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
