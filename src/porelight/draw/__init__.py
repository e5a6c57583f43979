"""Every figure. Functions take ``ax`` and data and give ``ax`` back; matplotlib is imported when one is drawn.

Text stays text, sizes are CSS pixels, colours are the tokens of the page, and each figure comes with a sentence that
says what it shows.
"""

from porelight.draw.anatomy import format_length
from porelight.draw.column import close_up, close_up_height, close_up_says, section_png, section_svg
from porelight.draw.course import course_fan, factor_bars, factors_say, fan_says
from porelight.draw.gland import gland_chart, gland_chart_says, gland_chart_size
from porelight.draw.histology import column_section, histology_height, histology_says
from porelight.draw.indices import index_bars, indices_say
from porelight.draw.indices import shown_indices as shown_indices
from porelight.draw.ink import Figure, new_figure, render_png, render_svg
from porelight.draw.light import joule_figure, joule_says, joule_section
from porelight.draw.photo import distribution_says, overlay_png, overlay_says, overlay_svg, scale_bar, size_distribution
from porelight.draw.photothermolysis import STEPS_HEIGHT, laser_steps, laser_steps_say
from porelight.draw.profile import heat_chart, heat_says, rim_chart, rim_says
from porelight.draw.pulse import Still, film_gif, film_says, format_moment, pulse_stills
from porelight.draw.section import (
    column_spacing,
    overview_says,
    section_overview,
    small_frame,
    small_says,
    small_section,
)
from porelight.draw.stamp import bulk_chart, bulk_says

__all__ = [
    "STEPS_HEIGHT",
    "Figure",
    "Still",
    "bulk_chart",
    "bulk_says",
    "close_up",
    "close_up_height",
    "close_up_says",
    "column_section",
    "column_spacing",
    "course_fan",
    "distribution_says",
    "factor_bars",
    "factors_say",
    "fan_says",
    "film_gif",
    "film_says",
    "format_length",
    "format_moment",
    "gland_chart",
    "gland_chart_says",
    "gland_chart_size",
    "heat_chart",
    "heat_says",
    "histology_height",
    "histology_says",
    "index_bars",
    "indices_say",
    "joule_figure",
    "joule_says",
    "joule_section",
    "laser_steps",
    "laser_steps_say",
    "new_figure",
    "overlay_png",
    "overlay_says",
    "overlay_svg",
    "overview_says",
    "pulse_stills",
    "render_png",
    "render_svg",
    "rim_chart",
    "rim_says",
    "scale_bar",
    "section_overview",
    "section_png",
    "section_svg",
    "shown_indices",
    "size_distribution",
    "small_frame",
    "small_says",
    "small_section",
]
