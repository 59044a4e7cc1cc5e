"""Does an expression that reads a converted column still say the same afterwards?"""

from uuidkit.meaning.judge import judge, misfits
from uuidkit.meaning.model import Conversion, Judgement, Thing

__all__ = ["Conversion", "Judgement", "Thing", "judge", "misfits"]
