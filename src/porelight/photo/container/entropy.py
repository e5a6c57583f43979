"""Whether the packed part of a JPEG can stand for a picture at all.

A changed bit seldom stops the reader: Huffman codes fall into step again after some blocks, and what was packed in
between comes out as garbage of the right length. Garbage has what no picture has: runs of zeros beyond the end of a
block, and coefficients that no eight bits can make. Only sequential pictures are looked at, which cameras write.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from porelight.photo.container.entropy_kernel import CODE_BITS, count_impossible
from porelight.photo.container.jpeg import FRAMES, START_OF_SCAN, Segment, walk_segments

SEQUENTIAL_FRAMES: Final = (0xC0, 0xC1)
HUFFMAN_TABLES: Final = 0xC4
QUANTISATION_TABLES: Final = 0xDB
RESTART_INTERVAL: Final = 0xDD


class _Tables:
    """What the segments have said so far: tables stay until they are said anew."""

    def __init__(self) -> None:
        self.codes = np.zeros((2, 4, 2**CODE_BITS), np.int32)
        self.steps = np.ones((4, 64), np.int64)
        self.interval = 0
        self.frame: dict[int, tuple[int, int, int]] = {}
        """Of each component: samples across and down in a unit, and its quantisation table."""
        self.size = 0, 0

    def read(self, kind: int, body: bytes) -> None:
        if kind == QUANTISATION_TABLES:
            self._read_steps(body)
        elif kind == HUFFMAN_TABLES:
            self._read_codes(body)
        elif kind == RESTART_INTERVAL:
            self.interval = int.from_bytes(body[:2], "big")
        elif kind in SEQUENTIAL_FRAMES:
            self.size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
            parts = [body[at : at + 3] for at in range(6, 6 + 3 * body[5], 3)]
            self.frame = {name: (shape >> 4, shape & 15, table) for name, shape, table in parts}

    def _read_steps(self, body: bytes) -> None:
        while body:
            wide, table = body[0] >> 4, body[0] & 3
            length = 128 if wide else 64
            self.steps[table] = np.frombuffer(body[1 : 1 + length], ">u2" if wide else "u1")
            body = body[1 + length :]

    def _read_codes(self, body: bytes) -> None:
        """Canonical codes (T.81, annex C), written at every place of the table that begins with them."""
        while body:
            kind, table, counts = body[0] >> 4 & 1, body[0] & 3, body[1:17]
            symbols = body[17 : 17 + sum(counts)]
            lookup = np.zeros(2**CODE_BITS, np.int32)
            code, taken = 0, 0
            for length, count in enumerate(counts, start=1):
                for symbol in symbols[taken : taken + count]:
                    start = code << (CODE_BITS - length)
                    lookup[start : start + (1 << (CODE_BITS - length))] = length << 8 | symbol
                    code += 1
                taken += count
                code <<= 1
            self.codes[kind, table] = lookup
            body = body[17 + sum(counts) :]

    def count_impossible(self, data: np.ndarray[Any, Any], scan: Segment, header: bytes) -> int:
        """Impossible blocks of one scan."""
        named = [(header[at], header[at + 1]) for at in range(1, 1 + 2 * header[0], 2)]
        alone = len(named) == 1
        order, shapes = list(self.frame), list(self.frame.values())
        widest, tallest = (max(shape[axis] for shape in shapes) for axis in (0, 1))
        blocks = []
        for name, chosen in named:
            across, down, _ = self.frame[name]
            blocks += [(order.index(name), chosen >> 4 & 3, chosen & 3)] * (1 if alone else across * down)
        # A scan of several components goes by units that hold all of them, a scan of one by its own blocks.
        across, down = self.frame[named[0][0]][:2] if alone else (1, 1)
        wide, tall = (widest, tallest) if not alone else (widest / across, tallest / down)
        units = math.ceil(self.size[0] / (8 * wide)) * math.ceil(self.size[1] / (8 * tall))
        steps = np.array([self.steps[table & 3] for _, _, table in shapes])
        part = np.array(blocks, np.int64)
        component, codes = np.ascontiguousarray(part[:, 0]), np.ascontiguousarray(part[:, 1:])
        span = scan.end, scan.stop
        found = count_impossible(data, *span, component, codes, *self.codes, steps, len(blocks), units, self.interval)
        return int(found)


def is_impossible(data: bytes) -> bool:
    """Whether a sequential JPEG of 8 bits holds blocks that no picture has; False for the other kinds."""
    tables = _Tables()
    pixels = np.frombuffer(data, np.uint8)
    for segment in walk_segments(data):
        body = data[segment.body : segment.end]
        if segment.kind in FRAMES and (segment.kind not in SEQUENTIAL_FRAMES or body[:1] != b"\x08"):
            return False
        try:
            tables.read(segment.kind, body)
            if segment.kind == START_OF_SCAN and tables.count_impossible(pixels, segment, body):
                return True
        except (IndexError, KeyError, ValueError):
            # Tables that contradict each other are for the reader to judge.
            return False
    return False
