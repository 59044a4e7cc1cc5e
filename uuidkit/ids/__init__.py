"""What counts as an identifier, and the uuid that it stands for.

The grammar of values, the registry of formats, the derivation of a uuid for a text that holds none, and the regular
shapes from which cheap expressions are made. Everything exists twice, for Python and as SQL (``ids.sql``,
``ids.shapes``, ``ids.expression``), and both sides agree on every text.
"""

from uuidkit.ids.derivation import NAMESPACE, derive
from uuidkit.ids.formats import FORMATS, Format, Formats, classify, parse
from uuidkit.ids.shapes import Shape, shape_of

__all__ = ["FORMATS", "NAMESPACE", "Format", "Formats", "Shape", "classify", "derive", "parse", "shape_of"]
