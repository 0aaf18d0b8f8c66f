"""The site: run by scripts/build-docs.sh. Sources are the Markdown pages of the repository, from whose root Sphinx starts."""

import re
import subprocess
import sys
from pathlib import Path

from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "bindings/python/src"))
sys.path.insert(0, str(SITE))

import header_comments  # noqa: E402
import python_comments  # noqa: E402

import spane  # noqa: E402

header = (ROOT / "include/spane.h").read_text(encoding="utf-8")
project = "libspane"
author = "the authors of libspane"
release = ".".join(re.findall(r"#define SPANE_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

extensions = [
    "sphinx_external_toc",
    "myst_parser",
    "breathe",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]

# Which files are pages; toc.yml has their order.
root_doc = "README"
external_toc_path = "docs/site/toc.yml"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "docs/reference/*.rst",
    "bindings/python/README.md",
    "data/fleets/README.md",
    "integrations/*/README.md",
    "examples/README.md",
]

# Markdown as code-hosting sites read it.
myst_heading_anchors = 4
myst_links_external_new_tab = False
highlight_language = "none"

# C
breathe_projects = {"spane": str(ROOT / "dist/docs-build/doxygen/xml")}
breathe_default_project = "spane"
breathe_domain_by_extension = {"h": "c"}
breathe_show_define_initializer = True
breathe_show_include = False
breathe_order_parameters_first = True

# Python: names in single backticks are links where they are documented, else code.
default_role = "py:obj"
autodoc_mock_imports = ["gymnasium", "matplotlib", "h5py"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autodoc_default_options = {
    "members": True,
    "inherited-members": "tuple, int, Enum, ReprEnum, IntEnum, Exception, BaseException",
}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False

# Integrations may or may not be there.
suppress_warnings = ["etoc.glob"]

html_theme = "furo"
html_title = f"libspane {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["extra"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "sidebar_hide_name": False,
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#6cb2ff", "color-brand-content": "#6cb2ff"},
}
copybutton_prompt_text = ""


def everything_is_there(app, exception):
    """The reference leaves nothing out."""
    if exception:
        return
    structs = re.findall(r"^typedef struct (spane_\w+)", header, re.MULTILINE)
    marks = {"SPANE_API", "SPANE_DEPRECATED", "SPANE_NODISCARD", "SPANE_H"}
    wanted = {
        "c": {*structs, *header_comments.known_names(header)} - marks,
        "py": {f"spane.{name}" for name in spane.__all__},
    }
    for domain, names in wanted.items():
        there = {name for name, *_ in app.env.get_domain(domain).get_objects()}
        there |= {name.rpartition(".")[2] for name in there if name.startswith("@")}  # of enums without a name
        missing = sorted(names - there)
        if missing:
            raise ExtensionError(f"the reference lacks {', '.join(missing)}")


def setup(app):
    folder = ROOT / "dist/docs-build/doxygen"
    folder.mkdir(parents=True, exist_ok=True)
    options = (SITE / "Doxyfile").read_text(encoding="utf-8") + f"OUTPUT_DIRECTORY = {folder}\n"
    subprocess.run(["doxygen", "-"], input=options, text=True, cwd=ROOT, check=True)
    app.connect("build-finished", everything_is_there)
    app.connect("autodoc-process-docstring", python_comments.docstring)
    app.connect("autodoc-process-signature", python_comments.signature)
    app.connect("doctree-read", python_comments.builtin_types)
