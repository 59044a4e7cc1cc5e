"""Words for numbers."""


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Args:
        number: how many.
        one: the noun for one.
        many: the noun for any other number; ``one`` with an s when empty.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
