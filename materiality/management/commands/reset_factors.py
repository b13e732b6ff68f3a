"""Take away all second factors of somebody who has lost them."""

from django.core.management.base import CommandError, CommandParser

from materiality.actions.factors import reset_factors
from materiality.models import User
from materiality.platform.commands import ActionCommand


class Command(ActionCommand):
    help = "Take away a person's second factors and end their sessions; they are told at the next login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, **options: str) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is no account {options['username']}.")
        self.stdout.write(f"{reset_factors(person=person, by=None)} factors taken away")
