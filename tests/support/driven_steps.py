"""Steps of the engine, driven as its server drives them."""

from concurrent.futures import Future

PATIENCE_S = 10


def driven(steps):
    """Run steps to their end; return the progress and the reply."""
    seen = []
    try:
        while True:
            news = next(steps)
            if isinstance(news, Future):
                news.exception(timeout=PATIENCE_S)  # waits
            else:
                seen.append(news)
    except StopIteration as end:
        return seen, end.value
