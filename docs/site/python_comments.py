"""What stands in docstrings and signatures of Python, as Sphinx has to read it."""

import builtins
import re

from docutils import nodes
from sphinx.addnodes import pending_xref


def docstring(app, what, name, obj, options, lines):
    """Docstrings are Markdown in small: text, lists, `names`, and code that is indented by four."""
    if lines and re.fullmatch(r"Alias for field number \d+", lines[0]):
        lines.clear()  # what Python itself says of a NamedTuple's field
    text = "\n".join(lines)
    # An indented block after a paragraph is code; reStructuredText wants to be told.
    text = re.sub(r"(?<=\S)\n\n(?=    \S)", "\n\n.. code-block:: python\n\n", text)
    lines[:] = text.split("\n")


def signature(app, what, name, obj, options, arguments, returns):
    """Types by the names that a caller knows."""
    return tuple(text and _short(text) for text in (arguments, returns))


def _short(text):
    text = re.sub(r"~?(?:numpy\.)?ndarray\[tuple\[~?(?:typing\.)?Any, \.\.\.\], ~?(?:numpy\.)?dtype\[", "NDArray[[", text)
    text = re.sub(r"NDArray\[\[([^\[\]]*)\]\]", r"NDArray[\1]", text)
    return re.sub(r"\b(?:spane\.)?_?(?:arguments|placement)\.(?=[A-Z])", "", text)


def builtin_types(app, doctree):
    """`bytes` is the type, never a field of that name somewhere."""
    for node in list(doctree.findall(pending_xref)):
        if node.get("refdomain") == "py" and node.get("reftype") == "class" and node.get("reftarget") in dir(builtins):
            node.replace_self(nodes.Text(node["reftarget"]))
