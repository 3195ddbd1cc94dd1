"""For which account a person asked: what an export in the background needs to be the same actor again."""

from accounts.actors import Actor


def account_of(actor: Actor) -> dict[str, object]:
    """Return the account that the actor acts for, as actor_of() takes it."""
    return {"account": actor.account.pk} if actor.account is not None else {}
