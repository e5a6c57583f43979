"""How fast photos are measured: ``python benchmarks/photo.py`` prints seconds and megapixels per second."""

import resource
import time

import numpy as np

from porelight import photo
from porelight.photo.artificial import Rendered, render


def tiled(drawn: Rendered, height: int, width: int) -> photo.Picture:
    """The rendered patch, mirrored side by side until it fills the picture."""
    rows, columns = drawn.pixels.shape[:2]
    pad = ((0, max(0, height - rows)), (0, max(0, width - columns)), (0, 0))
    return photo.Picture(np.pad(drawn.pixels, pad, mode="symmetric")[:height, :width], "rendered", "PNG")


def main() -> None:
    close = render(1, size=(900, 1200), um_per_px=40.0)
    cases = {
        "0.3 MP, 60 um/px": tiled(render(1, size=(550, 580), um_per_px=60.0), 550, 580),
        "3 MP, 40 um/px": tiled(close, 1500, 2000),
        "12 MP, 40 um/px": tiled(close, 3000, 4000),
        "12 MP, 15 um/px": tiled(render(1, size=(900, 1200), um_per_px=15.0), 3000, 4000),
    }
    photo.measure(cases["0.3 MP, 60 um/px"])
    for name, picture in cases.items():
        processor, wall = time.process_time(), time.perf_counter()
        census = photo.measure(picture)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        speed = picture.width * picture.height / 1e6 / wall
        print(
            f"{name:18s} {census.pore_count:6d} pores {wall:6.2f} s ({processor:.2f} s of processor) {speed:5.1f} MP/s"
        )
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
