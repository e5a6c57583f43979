"""Random numbers, logarithm and sine for 32-bit packet lanes: plain arithmetic that a compiler can do on many lanes.

The library versions of ``log`` and ``sin`` are calls; one call in a loop keeps it from being vectorised. These are
polynomials on bits. Every literal is typed: one bare ``0.5`` would turn the whole lane into 64-bit arithmetic.
"""

from __future__ import annotations

from typing import Any, Final

import numba

from porelight.compiled import kernel

Number = Any
"""A number as wide as the arguments: what a kernel function returns is not one Python type."""

# Numba's types, which a kernel calls to fix the width of a number.
float32: Any = numba.float32
float64: Any = numba.float64
int32: Any = numba.int32
uint32: Any = numba.uint32
uint64: Any = numba.uint64

KERNEL_OPTIONS: Final[dict[str, Any]] = {
    "fastmath": {"nsz", "arcp", "contract", "afn", "reassoc"},
    "_nrt": False,
}
"""How every kernel is compiled. Infinities and not-a-number keep their meaning: no ``nnan``, no ``ninf``.

``_nrt``: kernels allocate nothing and so count no references. Counting takes an atomic addition for every array that
a function is given, which in a step of ten nanoseconds is most of the time, and stalls a second thread altogether.
"""

INLINE_OPTIONS: Final[dict[str, Any]] = KERNEL_OPTIONS | {"forceinline": True}
"""For helpers of a kernel that are given many arrays: an array is seven words, and a call would push them all."""

UNIFORM_STEP: Final = float32(2.0**-23)


def _bits_of(typing: Any, x: Any) -> Any:
    """The 32 bits of a float as an integer."""
    from llvmlite import ir

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(32))

    return numba.int32(numba.float32), generate


def _float_of(typing: Any, x: Any) -> Any:
    """The float that those 32 bits are."""
    from llvmlite import ir

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.FloatType())

    return numba.float32(numba.int32), generate


bits_of: Any = numba.extending.intrinsic(_bits_of)
float_of: Any = numba.extending.intrinsic(_float_of)


@kernel(**KERNEL_OPTIONS)
def log_of_uniform(u: float) -> Number:
    """Natural logarithm of a normal positive 32-bit float, to about one unit in the last place (Cephes ``logf``)."""
    bits = bits_of(float32(u))
    exponent = int32(int32(bits - int32(0x3F3504F3)) >> int32(23))
    x = float_of(int32(bits - int32(exponent << int32(23)))) - float32(1.0)
    x2 = x * x
    p = float32(7.0376836292e-2) * x - float32(1.1514610310e-1)
    p = p * x + float32(1.1676998740e-1)
    p = p * x - float32(1.2420140846e-1)
    p = p * x + float32(1.4249322787e-1)
    p = p * x - float32(1.6668057665e-1)
    p = p * x + float32(2.0000714765e-1)
    p = p * x - float32(2.4999993993e-1)
    p = p * x + float32(3.3333331174e-1)
    p = p * x * x2 - float32(0.5) * x2
    return x + p + float32(exponent) * float32(0.69314718056)


@kernel(**KERNEL_OPTIONS)
def sine_cosine_of_turn(u: float) -> tuple[float, float]:
    """Sine and cosine of ``2 pi u`` for a 32-bit ``u`` in [0, 1): quarter turns by swapping, the rest by polynomial."""
    quarters = float32(u) * float32(4.0)
    k = int32(quarters + float32(0.5))
    t = (quarters - float32(k)) * float32(1.57079632679)
    t2 = t * t
    sine = float32(8.3321608736e-3) - float32(1.9515295891e-4) * t2
    sine = t * (float32(1.0) + t2 * (float32(-1.6666654611e-1) + t2 * sine))
    cosine = float32(-1.388731625493765e-3) + float32(2.443315711809948e-5) * t2
    cosine = float32(1.0) - float32(0.5) * t2 + t2 * t2 * (float32(4.166664568298827e-2) + t2 * cosine)
    swapped = (k & int32(1)) != 0
    s = cosine if swapped else sine
    c = sine if swapped else cosine
    return (-s if (k & int32(2)) != 0 else s), (-c if (int32(k + int32(1)) & int32(2)) != 0 else c)


@kernel(**KERNEL_OPTIONS)
def mix_bits(x: int) -> Number:
    """The splitmix64 finaliser: every bit of the answer hangs on every bit of the question."""
    x = uint64(x) + uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
    return x ^ (x >> uint64(31))


@kernel(**KERNEL_OPTIONS)
def seed_of(seed: int, block: int, lane: int, word: int) -> Number:
    """64 bits of generator state for one lane of one block of photons: counted, not drawn.

    Neighbouring seeds, blocks and lanes are as unlike as distant ones, since each passes through :func:`mix`.
    """
    return mix_bits(mix_bits(mix_bits(mix_bits(uint64(seed)) ^ uint64(block)) ^ uint64(lane)) ^ uint64(word))


@kernel(**KERNEL_OPTIONS)
def draw_bits(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int, int]:
    """One 32-bit number of the generator xoshiro128+ (Blackman and Vigna 2018), and its next four words."""
    number = uint32(a + d)
    shifted = uint32(b << uint32(9))
    c = uint32(c ^ a)
    d = uint32(d ^ b)
    b = uint32(b ^ c)
    a = uint32(a ^ d)
    c = uint32(c ^ shifted)
    d = uint32((d << uint32(11)) | (d >> uint32(21)))
    return number, a, b, c, d


@kernel(**KERNEL_OPTIONS)
def open_uniform(number: int) -> Number:
    """The upper 23 bits, and a half, as a 32-bit float: strictly between 0 and 1, and exact."""
    return (float32(int32(number >> uint32(9))) + float32(0.5)) * float32(UNIFORM_STEP)
