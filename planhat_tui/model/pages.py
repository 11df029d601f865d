"""What the size of a page tells of the list that it's from."""


def is_last(count: int, asked: int) -> bool:
    """Tell whether a page of ``count`` records is the last one, when ``asked`` were wanted.

    A short page is; but a server that clamps the limit does so to a round number, without a word.
    """
    return count == 0 or count > asked or (count < asked and count % 10 != 0)
