"""НАСТРОЙКИ: the user's supplier and who they are."""

from dataclasses import dataclass

from cabinet.domain.forms import FieldMissing
from cabinet.domain.permissions import Actor, Permission
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.texts import consent, dates


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier to choose from."""

    id: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """What the settings page shows of the user."""

    login: str = ""
    supplier_id: str = ""
    supplier_name: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """The consent that the user gave.

    Attributes:
        at: «20 ноября 2026, 12:00» in the supplier's zone.
        current: no newer version has come out since.
    """

    version: str = ""
    at: str = ""
    current: bool = True


def get_consent(deps: Deps, actor: Actor) -> ConsentRow:
    """Which version the actor has accepted, and when; a newer one changes nothing of it."""
    actor.require(Permission.OWN_DATA)
    with deps.snapshot() as tx:
        user = tx.users.get_for(actor)
        at = dates.moment(user.consented_at.astimezone(sessions.zone_of(tx, actor)))
    return ConsentRow(user.consent_version, at, user.consent_version == consent.VERSION)


def list_suppliers(deps: Deps, actor: Actor) -> list[SupplierRow]:
    """All suppliers that this portal serves, by name."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        return [SupplierRow(str(x.id), x.name, x.region) for x in tx.suppliers.list_all()]


def get_profile(deps: Deps, actor: Actor) -> ProfileRow:
    """The actor's own profile."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        user = tx.users.get_for(actor)
        supplier = tx.suppliers.get(user.supplier_id) if user.supplier_id else None
        return ProfileRow(
            login=user.as_login.shown,
            supplier_id=str(supplier.id) if supplier else "",
            supplier_name=supplier.name if supplier else "",
        )


def choose_supplier(deps: Deps, actor: Actor, supplier_id: str) -> ProfileRow:
    """Choose the supplier whose accounts the user will connect.

    Raises:
        FieldMissing: nothing was chosen, or no such supplier.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        chosen = next((x for x in tx.suppliers.list_all() if str(x.id) == supplier_id), None)
        if chosen is None:
            raise FieldMissing(field="supplier")
        tx.users.get_for(actor).supplier_id = chosen.id
        tx.audit.record(actor, deps.clock.now(), "supplier.chosen", chosen.id)
    return get_profile(deps, actor)
