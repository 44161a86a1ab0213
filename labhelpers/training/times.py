"""Times in what is shown, marked so that two runs can be compared without them."""

# WORD JOINER: seen nowhere, and it survives Markdown, tables and plain text.
TIME_MARK = "\u2060"


def timing(text: object) -> str:
    """Marks a time, a speed, or what else measures the machine where it goes into a text.

    No two runs give the same time, nor the same memory. `labs book verify` compares what two runs
    show and passes over what is marked; a reader does not see the mark.

    Args:
        text: What is shown, such as f"{run.seconds:.0f}" or "2.1 s, 300 images a second".

    Returns:
        The text between two marks.
    """
    return f"{TIME_MARK}{text}{TIME_MARK}"
