"""Whether people can be served."""

from cabinet.services.deps import Deps


def check(deps: Deps) -> int:
    """Ask the database a question.

    Returns:
        How many messages are waiting to be sent.

    Raises:
        Exception: whatever the database's driver says when it does not answer.
    """
    with deps.snapshot() as tx:
        return tx.outbox.count_waiting()
