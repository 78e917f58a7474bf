"""Whether others see that a person is on a discussion's page: nobody, until that person says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_attempts")]

    operations = [
        migrations.AddField("user", "presence", models.BooleanField(default=False)),
    ]
