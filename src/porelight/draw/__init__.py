"""Every figure. Functions take ``ax`` and data and give ``ax`` back; matplotlib is imported when one is drawn.

Text stays text, sizes are CSS pixels, colours are the tokens of the page, and each figure comes with a sentence that
says what it shows.
"""

from porelight.draw.anatomy import length
from porelight.draw.column import close_up, close_up_height, close_up_says, section_png, section_svg
from porelight.draw.course import factor_bars, factors_say, fan, fan_says
from porelight.draw.gland import gland_chart, gland_chart_says, gland_chart_size
from porelight.draw.histology import histology, histology_height, histology_says
from porelight.draw.indices import chosen as shown_indices
from porelight.draw.indices import index_bars, indices_say
from porelight.draw.ink import Figure, new_figure, png, svg
from porelight.draw.light import joule, joule_figure, joule_says
from porelight.draw.photo import distribution, distribution_says, overlay_png, overlay_says, overlay_svg, scale_bar
from porelight.draw.profile import heat_chart, heat_says, rim_chart, rim_says
from porelight.draw.pulse import Still, film, film_gif, film_says, moment
from porelight.draw.section import overview, overview_says, small, small_frame, small_says, spacing
from porelight.draw.stamp import bulk_chart, bulk_says

__all__ = [
    "Figure",
    "Still",
    "bulk_chart",
    "bulk_says",
    "close_up",
    "close_up_height",
    "close_up_says",
    "distribution",
    "distribution_says",
    "factor_bars",
    "factors_say",
    "fan",
    "fan_says",
    "film",
    "film_gif",
    "film_says",
    "gland_chart",
    "gland_chart_says",
    "gland_chart_size",
    "heat_chart",
    "heat_says",
    "histology",
    "histology_height",
    "histology_says",
    "index_bars",
    "indices_say",
    "joule",
    "joule_figure",
    "joule_says",
    "length",
    "moment",
    "new_figure",
    "overlay_png",
    "overlay_says",
    "overlay_svg",
    "overview",
    "overview_says",
    "png",
    "rim_chart",
    "rim_says",
    "scale_bar",
    "section_png",
    "section_svg",
    "shown_indices",
    "small",
    "small_frame",
    "small_says",
    "spacing",
    "svg",
]
