"""The peer: what somebody writes who needs one paper. Jinja2, Python-Markdown and WeasyPrint, and nothing else.

    python benchmarks/bare.py PAPER OUTPUT

PAPER is a folder that `benchmarks/bench.py` writes: `page.html`, a template of the very page that the builder prints,
`sections/*.md`, its prose as it was authored, and `faces.json`, its font files. OUTPUT ends in .html or .pdf.
"""

import json
import os
import sys
from pathlib import Path

import jinja2
import markdown


def main(paper: Path, output: Path) -> None:
    """Write the paper."""
    # The work of such a script; the builder's page already holds the prose, and is to come out the same.
    prose = [markdown.markdown(path.read_text("utf-8")) for path in sorted((paper / "sections").glob("*.md"))]
    template = jinja2.Environment(autoescape=True).from_string((paper / "page.html").read_text("utf-8"))
    html = template.render(sections=prose)
    options = json.loads((paper / "options.json").read_text("utf-8"))
    if output.suffix == ".html":
        output.write_text(html, "utf-8")
        return
    os.environ |= {"FONTCONFIG_FILE": str(paper / "fonts.conf"), "SOURCE_DATE_EPOCH": "0"}
    import logging

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    import weasyprint

    weasyprint.HTML(string=html, base_url=str(paper)).write_pdf(output, **options)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
