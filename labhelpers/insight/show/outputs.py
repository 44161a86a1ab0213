"""What a cell shows: in the built book, in JupyterLab and in Colab."""

# The book's theme lays all HTML on a light box when the page is dark. What is drawn here takes
# the page's own colours and needs none.
_NO_BOX = (
    ".text_html:has(>.{name}){{background:none!important;color:inherit!important;"
    "padding:0!important}}"
)


def show_html(body: str, *, name: str, plain: str, style: str = "") -> None:
    """Shows HTML, escaped already, in an element of class `name` as an output of the running cell.

    `plain` is the same for places that show no HTML; `style` holds rules that the body needs.
    """
    rules = _NO_BOX.format(name=name) + " ".join(style.split())
    page = f'<div class="{name}"><style>{rules}</style>{body}</div>'
    show_bundle({"text/html": page, "text/plain": plain})


def show_bundle(bundle: dict[str, str]) -> None:
    """Shows one output in several forms, by MIME type, of which the place picks the best."""
    # IPython takes a second to import; who only draws a table need not wait for it.
    from IPython.display import display

    display(bundle, raw=True)
