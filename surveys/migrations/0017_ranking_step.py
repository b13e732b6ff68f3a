from django.db import migrations, models


def without_ranking(apps, schema_editor):
    """Surveys that were made without the step stay so."""
    apps.get_model("surveys", "Survey").objects.update(ranking=False)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0016_holdings")]

    operations = [
        migrations.AddField(model_name="response", name="named", field=models.JSONField(blank=True, default=list)),
        migrations.AddField(
            model_name="survey",
            name="ranking",
            field=models.BooleanField(
                default=True,
                help_text="After the ratings, of the issues that a respondent rated. It is what separates issues where "
                "all ratings lie at the top; it stands beside the scores and never enters them.",
                verbose_name="Ask which three issues matter most",
            ),
        ),
        migrations.RunPython(without_ranking, migrations.RunPython.noop),
    ]
