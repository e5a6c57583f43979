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
from porelight.heat.tissue import BOILING, DRY, LATENT, REMOVAL, Tissue
from porelight.laser import Laser


def as_dried(rows: int) -> Floats:
    """Neither bursting nor charring, for so many rows (6, nz); what the six are stands in :func:`under_light`."""
    return np.repeat([[0.0], [0.0], [0.0], [np.inf], [np.inf], [np.inf]], rows, axis=1)


def under_light(
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
        The same material with ``leaving``, by row: power density below which tissue chars to the full and above which
        it does not [W/m3], what char takes up beyond the usual before it leaves [J/m3]; power density above which an
        intact surface bursts [W/m3], enthalpy at which it does, and of the deepest tissue that leaves with it [J/m3].
    """
    table, ablation = cite.table("lasers"), laser.ablation
    if ablation is None or ablation.char_below is None or ablation.char_free is None:
        return tissue
    below, above = ablation.char_below, ablation.char_free
    char, burst, torn = table["char_temperature"], table["burst_dryness"], table["torn_dryness"]
    rows, found = tissue.rows, as_dried(tissue.rows.shape[0])
    if charring:
        found[0], found[1] = below.si * absorption * (1.0 - shield), above.si * absorption * (1.0 - shield)
        slow = rows[:, BOILING] + rows[:, LATENT] + rows[:, DRY] * (char.si - cite.table("thermal")["boiling_point"].si)
        found[2] = np.maximum(slow - rows[:, REMOVAL], 0.0)
    if bursting:
        found[3] = below.si * absorption
        found[4] = rows[:, BOILING] + burst.si * rows[:, LATENT]
        found[5] = rows[:, BOILING] + torn.si * rows[:, LATENT]
    used = (below, *((above, char) if charring else ()), *((burst, torn) if bursting else ()))
    return dataclasses.replace(tissue, leaving=np.ascontiguousarray(found), rests_on=(*tissue.rests_on, *used))
