"""Every diagnostic code, once: what it means and what to do.

Codes are never reused. A retired code keeps its number here with a title that says so.
Each has a folder of cases under `tests/cases/` and a row in `docs/diagnostics.md`.

E0xx reading files, E1xx references, E2xx prose, E3xx templates and themes, E4xx what an edition promises,
W5xx wording and curation.
"""

CODES: dict[str, str] = {
    "E001": "a file cannot be read as UTF-8 text",
    "E002": "a file is not YAML",
    "E003": "a key is written twice",
    "E004": "a key is not known here",
    "E005": "a key is missing",
    "E006": "a value has the wrong type",
    "E007": "a value is not allowed here",
    "E008": "an id is used twice",
    "E009": "a YAML feature that briefings do not use",
    "E010": "a file or folder every project has is missing",
    "E101": "a claim is cited that does not exist",
    "E102": "a source is named that has no card",
    "E103": "a section is named that does not exist",
    "E104": "a passage is cited that its source does not have",
    "E105": "a theme is named that does not exist",
    "E106": "an output is named that is not installed",
    "E107": "an edition extends one that does not exist",
    "E108": "an edition extends itself",
    "E109": "a word is not on the probability scale in use",
    "E110": "a probability scale is named that does not exist",
    "E201": "a citation is not written as a citation",
    "E202": "raw HTML in a section",
    "E203": "a link that cannot be followed or trusted",
    "E204": "an attribute that a block does not take",
    "E205": "headings that skip a level, or no title",
    "E206": "an image in a section",
    "E207": "a character that has no place in text",
    "E301": "a template is missing",
    "E302": "a template is not written as a template",
    "E303": "a template uses a name that is not defined",
    "E304": "a template fails while it is filled in",
    "E305": "a theme extends itself",
    "E306": "a face of a theme is not installed",
    "E401": "an edition drops a claim its family must carry",
    "E402": "an edition has more pages than it may",
    "E403": "no face of the theme has a glyph for a character",
    "E404": "the page engine could not set a sheet as asked",
    "E405": "an edition lacks something it needs to be built",
    "W501": "a sentence is longer than its reading level allows",
    "W502": "a section reads harder than its level promises",
    "W503": "a wording is missing at an edition's reading level",
    "W504": "a claim that no edition cites",
    "W505": "two wordings of a section do not carry the same claims",
}
