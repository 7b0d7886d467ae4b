"""Choosing a supplier: radios, and above more than seven of them a field that leaves those of its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import reflex as rx

from cabinet.texts import settings as texts
from cabinet.ui.components.field import field, radio_group
from cabinet.ui.components.live import live

if TYPE_CHECKING:
    from collections.abc import Callable

    from cabinet.ui.links import Children

_FEW: Final = 7
# An id that no form has: Enter in the filter does not send the form around it.
_NO_FORM: Final = "suppliers-no-form"


def supplier_radios(
    state: Any, legend: Children, choice: Callable[[Any], rx.Component], hint: Children = ""
) -> rx.Component:
    """The group `supplier` of a state with `suppliers`, those of them that are `found`, and `find_supplier`."""
    finding = rx.fragment(
        field(
            "supplier-filter",
            texts.SUPPLIER_FILTER,
            hint=texts.SUPPLIER_FILTER_HINT,
            kind="search",
            auto_complete="off",
            form=_NO_FORM,
            on_change=state.find_supplier.debounce(250),
        ),
        live(rx.cond(state.found.length() > 0, "", texts.SUPPLIER_NONE)),
    )
    return rx.fragment(
        rx.cond(state.suppliers.length() > _FEW, finding, rx.fragment()),
        radio_group(
            legend,
            rx.foreach(state.found, choice),
            name="supplier",
            hint=hint,
            problem=state.problems["supplier"],
        ),
    )
