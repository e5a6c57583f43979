"""How tissue leaves under light, beside drying up to its removal temperature.

*Bursting.* An intact surface seals steam in. Where light makes it faster than it can get out, the surface bursts
before it is dry, and the layer below that holds steam leaves with it. A surface that has burst is torn and lets steam
out: from then on tissue leaves as it dries, for as long as the pulse lasts. So bursting rules pulses near threshold and
hardly changes long ones.

*Charring.* Steam carries dried tissue off while there is enough of it. Under weak light there is not: the residue stays
and chars until it is far hotter. The removal temperature rises from its usual value, where light is as strong as where
no char is seen, to that of char, where it is as weak as where char is seen.

Both are judged by the power density that a cell absorbs: irradiance times absorption.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.heat.packing import (
    BOILING,
    BURST_ENTHALPY,
    BURSTS_ABOVE,
    CHAR_COST,
    CHARS_BELOW,
    CHARS_NOT_ABOVE,
    DRY,
    LATENT,
    REMOVAL,
    TORN_ENTHALPY,
)
from porelight.heat.tissue import Tissue
from porelight.laser import Laser


def leave_as_dried(rows: int) -> Floats:
    """Neither bursting nor charring, for so many rows (6, nz); what the six are stands in :mod:`.packing`."""
    return np.repeat([[0.0], [0.0], [0.0], [np.inf], [np.inf], [np.inf]], rows, axis=1)


def let_burst_and_char(
    tissue: Tissue, laser: Laser, absorption: Floats, shield: Floats, *, bursting: bool = True, charring: bool = True
) -> Tissue:
    """``tissue`` that bursts and chars as it was seen to under this laser.

    Args:
        tissue: any.
        laser: without rows of its own for bursting and charring, ``tissue`` comes back as it is.
        absorption: of dried tissue (nz,) [1/m].
        shield: share of the light that ejecta take up once tissue leaves (nz,): irradiances were measured in front.
        bursting, charring: switches.

    Returns:
        The same material with ``leaving``, by row: see :mod:`porelight.heat.packing` for what the six are.
    """
    table, ablation = cite.table("lasers"), laser.ablation
    if ablation is None or ablation.char_below is None or ablation.char_free is None:
        return tissue
    below, above = ablation.char_below, ablation.char_free
    char, burst, torn = table["char_temperature"], table["burst_dryness"], table["torn_dryness"]
    rows, found = tissue.rows, leave_as_dried(tissue.rows.shape[0])
    if charring:
        # What ejecta take up never reaches the tissue, while the irradiances were measured in front of them.
        found[CHARS_BELOW] = below.si * absorption * (1.0 - shield)
        found[CHARS_NOT_ABOVE] = above.si * absorption * (1.0 - shield)
        slow = rows[:, BOILING] + rows[:, LATENT] + rows[:, DRY] * (char.si - cite.table("thermal")["boiling_point"].si)
        found[CHAR_COST] = np.maximum(slow - rows[:, REMOVAL], 0.0)
    if bursting:
        # No ejecta lie over a surface that is still intact.
        found[BURSTS_ABOVE] = below.si * absorption
        found[BURST_ENTHALPY] = rows[:, BOILING] + burst.si * rows[:, LATENT]
        found[TORN_ENTHALPY] = rows[:, BOILING] + torn.si * rows[:, LATENT]
    used = (below, *((above, char) if charring else ()), *((burst, torn) if bursting else ()))
    return dataclasses.replace(tissue, leaving=np.ascontiguousarray(found), rests_on=(*tissue.rests_on, *used))
