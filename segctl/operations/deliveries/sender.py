"""Sends a part of a delivery to its webhook or program."""

from collections.abc import Iterator, Mapping

from segctl.operations.deliveries.messages import Part, lines, messages
from segctl.operations.deliveries.programs import send_to_program
from segctl.operations.deliveries.webhook import Endpoint, endpoint
from segctl.operations.exports.change import Change
from segctl.parse.deliveries import Delivery, Webhook
from segctl.project.project import Project


class Sender:
    """Sends to one receiver. Raises Failure if the environment does not name it.

    `entities` are the entities of segments.
    """

    def __init__(self, project: Project, delivery: Delivery, entities: Mapping[str, str]) -> None:
        self.project, self.delivery, self.entities = project, delivery, entities
        self.endpoint: Endpoint | None = endpoint(delivery.to) if isinstance(delivery.to, Webhook) else None

    @property
    def warning(self) -> str:
        """A warning about the receiver's address, which can still be used."""
        return self.endpoint.warning if self.endpoint else ""

    def send(self, part: Part, changes: Iterator[Change]) -> None:
        """Returns once the whole part is received. Raises Failure."""
        to = self.delivery.to
        if isinstance(to, Webhook):
            assert self.endpoint is not None
            for message in messages(part, changes, self.entities, to.batch):
                self.endpoint.post(message)
        else:
            send_to_program(to, self.project.root, part, lines(changes, self.entities))
