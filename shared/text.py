"""Text that came from outside, made fit to be written."""


def encodable(text: str) -> str:
    """`text` as UTF-8 can hold it: surrogates that make a pair become their character, others U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
