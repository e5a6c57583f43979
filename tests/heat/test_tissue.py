"""The enthalpy curve of tissue."""

from __future__ import annotations

from porelight import cite
from porelight.heat import packing


def test_the_kernels_boil_water_where_the_tables_do() -> None:
    assert cite.table("thermal")["boiling_point"].si == packing.BOILING_POINT
