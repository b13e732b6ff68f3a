from django.db import migrations


def rename(before: str, after: str):
    return lambda apps, _editor: apps.get_model("reports", "Output").objects.filter(kind=before).update(kind=after)


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_texts_in_languages")]

    operations = [migrations.RunPython(rename("scores", "workbook"), rename("workbook", "scores"))]
