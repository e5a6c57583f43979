"""Compiled loop of :mod:`porelight.photo.container.entropy`: one scan of a sequential JPEG, block by block."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.compiled import kernel

CODE_BITS: Final = 16
"""Longest Huffman code."""
DC_LIMIT: Final = 1024
"""Largest DC coefficient of 8-bit samples: eight times the distance of 128 from black."""
AC_LIMIT: Final = 1100
"""Beyond any AC coefficient of 8-bit samples: the largest is an eighth of the sum of all cosines, 128 high, 923."""


@kernel()
def count_impossible(  # type: ignore[no-untyped-def] # noqa: C901 - one loop over a stream of bits
    data, at, end, components, codes, dc_codes, ac_codes, steps, blocks, units, interval
):
    """Blocks of a scan that no picture can have packed.

    Args:
        data: the file; the packed part lies from ``at`` to ``end``.
        components: component of each block in a unit (n,).
        codes: its tables of DC and AC codes (n, 2).
        dc_codes, ac_codes: by table and the next 16 bits of the stream: length of the code times 256, plus its symbol.
        steps: quantisation by component and place in zigzag order.
        blocks: how many blocks a unit has.
        units: how many units the scan has.
        interval: units between two restart markers, 0 for none.
    """
    found = 0
    level = np.zeros(256, np.int64)
    held, count = np.int64(0), 0
    for unit in range(units):
        if interval and unit and unit % interval == 0:
            # The rest of the byte is filler; the counting of DC starts anew behind the marker.
            held, count = np.int64(0), 0
            level[:] = 0
            while at + 1 < end and not (data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7):
                at += 1
            at += 2
        for block in range(blocks):
            component = components[block]
            place = 0
            while place < 64:
                # Fill up to more than a code and its value need; a stuffed zero behind 255 is no data.
                while count <= 40:
                    byte = np.int64(0)
                    if at < end:
                        byte = np.int64(data[at])
                        if byte == 0xFF:
                            if at + 1 < end and data[at + 1] == 0:
                                at += 2
                            else:
                                # A marker: the stream has ended, as in the reader zeros follow.
                                byte = np.int64(0)
                        else:
                            at += 1
                    held = ((held << 8) | byte) & 0xFFFFFFFFFFFF
                    count += 8
                code = (held >> (count - 16)) & 0xFFFF
                entry = dc_codes[codes[block, 0], code] if place == 0 else ac_codes[codes[block, 1], code]
                length, symbol = entry >> 8, entry & 255
                if length == 0:
                    return found + 1
                count -= length
                run, size = symbol >> 4, symbol & 15
                if place == 0:
                    run, size = 0, symbol
                if size > 15:
                    return found + 1
                value = np.int64(0)
                if size:
                    count -= size
                    value = (held >> count) & ((1 << size) - 1)
                    # The upper half of the values are positive, the lower half negative (T.81, F.2.2.1).
                    if value < (1 << (size - 1)):
                        value -= (1 << size) - 1
                if place == 0:
                    level[component] += value
                    if abs(level[component]) * steps[component, 0] > DC_LIMIT + steps[component, 0]:
                        found += 1
                        level[component] = 0
                    place = 1
                    continue
                if size == 0 and run != 15:
                    break
                place += run
                if place > 63:
                    # A run of zeros beyond the end of the block.
                    found += 1
                    break
                if abs(value) * steps[component, place] > AC_LIMIT + steps[component, place]:
                    found += 1
                place += 1
    return found
