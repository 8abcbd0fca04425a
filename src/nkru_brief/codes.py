"""Every diagnostic code, once: what it means and what to do.

Codes are never reused. A retired code keeps its number here with a meaning that says so.
Each has a folder of cases under `tests/cases/` and a section in `docs/diagnostics.md`.

E0xx reading files, E1xx references, E2xx prose, E3xx templates and themes, E4xx what an edition promises,
W5xx wording and curation, E6xx and W6xx evidence: sentences against claims, passages against texts, E7xx finished
files, E8xx what is handed out.
    ),
files, E8xx markings, copies for people and sheets for print shops.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """What a code means, and what to do about it."""

    meaning: str
    advice: str


CODES: dict[str, Code] = {
    "E001": Code(
        "a file cannot be read as UTF-8 text",
        "Save the file as UTF-8, or see that it is a file you may read.",
    ),
    "E002": Code(
        "a file is not YAML",
        "Look at the line, and the one above it: an indentation, a quote that is not closed, a colon or a special "
        "character in a text without quotes.",
    ),
    "E003": Code("a key is written twice", "Keep one of the two; YAML would silently have kept the last."),
    "E004": Code(
        "a key is not known here",
        "Correct its spelling; most often the hint has the key that was meant. A token is a key of its theme, a "
        "reading level a key of a wording.",
    ),
    "E005": Code("a key is missing", "Add the key with its value."),
    "E006": Code(
        "a value has the wrong type",
        "Write what the message asks for: text, a number, a list, keys with values. Numbers and days stand "
        "without quotes.",
    ),
    "E007": Code("a value is not allowed here", "Use one of the values, or the form, that the message names."),
    "E008": Code(
        "an id is used twice",
        "Give the second its own. An id never changes and is never used again, so do not rename the first.",
    ),
    "E009": Code(
        "a YAML feature that briefings do not use",
        "Write the value out. Anchors, aliases, tags, several documents in a file and deep nesting are refused: "
        "they hide what a file says, and can be made to fill a machine's memory.",
    ),
    "E010": Code("a file or folder every project has is missing", "Put it there, or name the right folder with -C."),
    "E101": Code("a claim is cited that does not exist", "Correct the id, or write the claim in content/claims/."),
    "E102": Code("a source is named that has no card", "Correct the id, or add a card for the source to seeds/."),
    "E103": Code(
        "a section is named that does not exist",
        "Correct the id, or write content/sections/ID.standard.md.",
    ),
    "E104": Code(
        "a passage is cited that its source does not have",
        "Correct the passage; the source's card in seeds/ lists them all.",
    ),
    "E105": Code("a theme is named that does not exist", "Correct the name; `nkru-brief list` shows the themes."),
    "E106": Code(
        "an output is named that is not installed",
        "Correct the name, or install the package that brings it; `nkru-brief list` shows the outputs.",
    ),
    "E107": Code("an edition extends one that does not exist", "Correct the name: the file's, without .yaml."),
    "E108": Code("an edition extends itself", "Take one `extends` out of the circle."),
    "E109": Code(
        "a word is not on the probability scale in use",
        "Use a word of the scale that content/brief.yaml names, or another scale.",
    ),
    "E110": Code("a probability scale is named that does not exist", "Correct the name under `scale`."),
    "E111": Code(
        "a block or a claim is meant for readers of an edition that does not exist",
        "Correct the name in `for` or `editions`; what is for nobody would be left out of every edition.",
    ),
    "E112": Code(
        "a claim is cited in an edition that may not show it",
        "Leave it out of that edition, or lift the limit: `editions` of the claim.",
    ),
    "E201": Code(
        "a citation is not written as a citation, or stands where none is read",
        "Write [@c13] or [@c13; @c15], in one line of running text.",
    ),
    "E202": Code(
        "raw HTML in a section",
        "Write Markdown. How a thing looks is said in a template or a theme.",
    ),
    "E203": Code(
        "a link that cannot be followed or trusted",
        "Write the whole address with https:, or mailto:, or # and a section's id.",
    ),
    "E204": Code(
        "an attribute, or a value of one, that a block does not take",
        "Correct it, or take it out; see that the braces are closed.",
    ),
    "E205": Code(
        "headings that skip a level, or no title",
        "Begin the file with one `# Title`, and go down one level at a time.",
    ),
    "E206": Code(
        "an image that does not stand alone in its paragraph",
        "Give it a paragraph of its own: it becomes a figure, with the image's title as its caption. Until sections "
        "could hold images, this code refused every one.",
    ),
    "E207": Code(
        "a character that has no place in text",
        "Delete it, or type the character that was meant. Controls, private use, invisible marks and marks that turn "
        "the direction of text come from copying.",
    ),
    "E208": Code(
        "a section that is longer or nested deeper than prose goes",
        "Close the brackets, flatten the list or quotation, or split the section.",
    ),
    "E209": Code(
        "an image without words for those who do not see it",
        "Say what it shows, between the brackets. An image that shows nothing is for a theme, not for content.",
    ),
    "E210": Code(
        "an image that is not a file in content/images/",
        "Put the file itself there and write images/NAME. A link could bring any file of the machine into the paper.",
    ),
    "E211": Code(
        "a file in content/images/ that is not a picture a paper can carry",
        "Export it as PNG, as JPEG in RGB or grey, or as SVG with a view box, under the ending of what it is.",
    ),
    "E212": Code(
        "a drawing that could run, move, fetch, or look otherwise on another machine",
        "Draw it with paths and shapes; turn letters into paths.",
    ),
    "E213": Code(
        "an image with too few dots for print",
        "Use a larger original, or draw it as SVG. It takes 150 dots an inch at the width of the text column.",
    ),
    "E301": Code(
        "a template is missing",
        "Correct the name, or add the file to the theme's folder.",
    ),
    "E302": Code(
        "a template is not written as a template",
        "Look for a tag that is not closed, or a filter or tag whose name is misspelt.",
    ),
    "E303": Code(
        "a template uses a name that is not defined",
        "Correct the name; the hint has the one that was meant or those there are.",
    ),
    "E304": Code(
        "a template fails while it is filled in",
        "Look at what the line does. A template runs in a sandbox: it reads what it is given, and cannot reach "
        "further, grow a text without bounds or go on without end.",
    ),
    "E305": Code("a theme extends itself", "Take one `extends` out of the circle."),
    "E306": Code(
        "a face of a theme is not installed, or is no font",
        "Install the package, or correct the package or the file that theme.yaml names.",
    ),
    "E307": Code(
        "a theme lacks something the builder needs",
        "Set the token `figure_family` to the family of an upright face of the theme: figures are measured with it.",
    ),
    "E308": Code(
        "a link in a theme's folder leads out of it, or nowhere",
        "Put the file itself into the folder. A link could bring any file of the machine into the paper.",
    ),
    "E309": Code(
        "two colours that stand on each other are too much alike",
        "Take a darker or a lighter one. Text needs a contrast of 4.5 with its ground, what tells parts of a figure "
        "apart 3 (WCAG 2.2, SC 1.4.3 and 1.4.11), in print and on a dark screen.",
    ),
    "E310": Code(
        "a colour of a theme is not written in hex digits",
        "Write it as #rrggbb: the builder measures how far it stands out.",
    ),
    "E311": Code(
        "a token has a value of another kind",
        "Write what the hint shows: a number without a unit where the token says mm or pt, a length with its unit, "
        "yes or no, families that the theme has faces for. `docs/themes.md` lists every token.",
    ),
    "E312": Code(
        "the margins leave no room for text",
        "Take a larger paper or smaller margins. A text column takes 50 mm, and a page 60 mm of lines.",
    ),
    "E313": Code(
        "a logo that is too heavy for a title block",
        "Export it smaller, or as SVG of a few paths: it takes 100,000 bytes, since every page on the web carries it "
        "inside.",
    ),
    "E314": Code(
        "a template fills a block or takes a macro that is not there",
        "Correct its name; the hint has those there are. A block that what it extends does not have is left out "
        "without a word. A file that takes the place of a built-in one needs its blocks and macros, or extends it.",
    ),
    "W320": Code(
        "a file of a theme that nothing uses",
        "Correct its name, include it, or delete it. A part has the name of a section, a style sheet that of a layer.",
    ),
    "W321": Code(
        "a token that no template uses",
        "Correct its name, or take it out; `docs/themes.md` lists those that every theme has.",
    ),
    "W322": Code(
        "a face that nothing is set in",
        "Name its family in the tokens serif, sans or figure_family, or take it out.",
    ),
    "E325": Code(
        "a cell of the actors' table cites no claim",
        "Cite in the cell itself, [@cNN], what it says: the first cell of a row names the actor, the others state.",
    ),
    "E326": Code(
        "a context note cites nothing outside the briefing's sources",
        "Cite what of the public record says it: author or body, title, date, and an identifier or address where you "
        "are sure of it. What a source says belongs into a claim.",
    ),
    "E327": Code(
        "a context note does not say as of which day, or its day cannot be",
        "Write the day on which the public record was read: one day, not after the paper's cutoff, and not before the "
        "works it cites.",
    ),
    "E328": Code(
        "an edition switches on a context note that does not exist",
        "Correct the id; the hint has the one that was meant or those there are.",
    ),
    "E329": Code(
        "a context note is taken for support",
        "Cite a claim, or rest on a passage of a source. Context stands beside what the articles say and supports "
        "nothing; an edition shows it where its `context` names it.",
    ),
    "W323": Code(
        "a context note that no edition shows",
        "Switch it on in an edition, `context: [ID]`, or delete it.",
    ),
    "W324": Code(
        "an edition switches on a context note and cites nothing that it comments",
        "Cite one of the claims it comments, or take the note out of the edition's `context`.",
    ),
    "E401": Code(
        "an edition drops a claim its family must carry",
        "Cite the claim in a section of the edition, or add a section that does.",
    ),
    "E402": Code(
        "an edition has more pages than it may",
        "Shorten or leave out a section, or allow more pages; the hint says which sections are longest.",
    ),
    "E403": Code(
        "no face of the theme has a glyph for a character",
        "Write it otherwise, or add a face that has it to the theme.",
    ),
    "E404": Code(
        "the page engine could not set a sheet as asked",
        "Correct the template or style sheet: the engine leaves out what it does not understand.",
    ),
    "E405": Code(
        "an edition lacks something it needs to be built",
        "Give the edition sections and outputs, or extend one that has them.",
    ),
    "E406": Code(
        "a finished file does not say all that its edition says, once and in order",
        "Look at the template and the style sheet. The file was read back after it was made: every title, sentence, "
        "row and note of the edition must stand in it once, each note on a page that calls it.",
    ),
    "W407": Code(
        "a line or a heading that stands alone on its page",
        "Add or take a few words before it, or order the sections otherwise. The first line of a paragraph ends a "
        "page, the last one begins one or has the last page to itself, or a heading ends a page. The sheet was set "
        "again in several ways, and each was worse.",
    ),
    "E408": Code(
        "an edition must carry a claim that it may not show",
        "Take the claim out of `must_carry`, or lift its limit: `editions` of the claim.",
    ),
    "E409": Code(
        "the date of the last significant change is not that of the newest one told",
        "Write the date of the newest significant entry of content/changes.yaml into content/brief.yaml; "
        "`nkru-brief changes --write` does both.",
    ),
    "E410": Code(
        "a file is not the same when it is built again",
        "Look where the message points, in the templates or the output of the edition: a clock, a memory address, the "
        "order of a set. The same content gives the same bytes.",
    ),
    "E411": Code(
        "markup that nobody could follow by ear",
        "Mend the template, or the words, as the hint says: headings in order, pictures and links in words, tables "
        "with heads and even rows, lists made of items, other languages marked.",
    ),
    "W417": Code(
        "something is parted that was to stay whole",
        "Shorten what comes before it, or the piece itself where it is longer than a page: a row of a table, a "
        "point, a box, a figure with its caption stay on one page.",
    ),
    "W418": Code(
        "the head of a table and its rows are on different pages",
        "Make the head of the table lower, or its rows: the page engine leaves a head out where no row has room under "
        "it.",
    ),
    "W419": Code(
        "a page that is nearly empty",
        "Write less or more, let a section go or come, or take a forced break out of the theme: a page less than a "
        "third full wastes paper, and looks like a mistake.",
    ),
    "W420": Code(
        "a line that is longer than its column is wide",
        "Let words be broken, the column be wider, or the type be smaller: what runs over the edge of its column is "
        "printed over what stands beside it, or off the page.",
    ),
    "E412": Code(
        "a picture is cut off at the foot of its page",
        "Give it a `max-height` in the theme, or show less in it: a timeline of thirty dates with long labels is "
        "higher than a page.",
    ),
    "W501": Code("a sentence is longer than its reading level allows", "Split it."),
    "W502": Code(
        "a section reads harder than its level promises",
        "Use shorter sentences and shorter words. The grade is an estimate, and a text is more than its grade.",
    ),
    "W503": Code(
        "a wording is missing at an edition's reading level",
        "Write it; until then the standard wording stands in its place.",
    ),
    "W504": Code("a claim that no edition cites", "Cite it, or take it out."),
    "W505": Code(
        "two wordings of a section do not carry the same claims",
        "Cite the same claims in both: every audience gets the same facts.",
    ),
    "E601": Code(
        "a sentence states something and cites no claim",
        "Cite the claim it rests on, [@cNN]. Where the desk speaks of the paper itself, end the paragraph, the item "
        "or the section's title in {: .desk }.",
    ),
    "E602": Code(
        "the wordings of one thing give different numbers or dates",
        "Give every level the numbers and dates of the standard wording.",
    ),
    "E603": Code(
        "a number or date that none of the claims cited says",
        "Correct the number, or cite the claim that says it. A key date whose year the desk supplied has a note.",
    ),
    "E604": Code(
        "a judgement without its word of probability",
        "Mark the judgement with a word of the scale, and use that word in it, once, and no other.",
    ),
    "E605": Code(
        "a word of probability outside a judgement",
        "Report what the source says in other words, or mark the paragraph as a judgement.",
    ),
    "E606": Code(
        "likelihood and confidence in one sentence",
        "Say how likely in one sentence and how sure the desk is in another (ICD 203).",
    ),
    "E607": Code(
        "judgements that mix the two rows of a probability scale",
        "Keep to one row of synonyms in a paper (ICD 203).",
    ),
    "E608": Code(
        "the paper speaks of another probability scale than it uses",
        "Name the scale that content/brief.yaml names, and give the ranges of that one.",
    ),
    "E611": Code(
        "a passage reads otherwise in the text at hand",
        "Look at the difference. Where the source has changed, judge the claims that rest on the passage anew, and "
        "make the card anew.",
    ),
    "E612": Code(
        "a passage is not in the text at hand",
        "See that the file is the card's text. Where the source dropped the sentence, its claims have lost their "
        "support.",
    ),
    "E613": Code(
        "a card does not fit the very text it was made from",
        "The text is unchanged, so the card was edited: put back offset, length, words and hashes.",
    ),
    "E631": Code(
        "a sheet says another number than was written and claimed",
        "Look for the template or filter that changes it: the sheet is read back before it is pressed.",
    ),
    "E632": Code(
        "a sheet says another word of probability than was written",
        "Look for the template or filter that changes it: the sheet is read back before it is pressed.",
    ),
    "E633": Code(
        "two editions judge the same claims in different words of probability",
        "Mark the judgement with the same word at every reading level.",
    ),
    "E634": Code(
        "a sheet does not call a note that its edition calls",
        "Print every part, row and call; a call has the id rN-K, of the note and of which of its calls it is.",
    ),
    "E701": Code(
        "a file carries no provenance that can be read",
        "Name a PDF or HTML file that this builder made. A program that saves a file anew may drop what is inside it: "
        "get it again from where it was published.",
    ),
    "E702": Code(
        "a file is not as it was made, or has no seal to tell by",
        "Get it again from where it was published, or build it again. A seal is no signature: it shows accidents and "
        "careless edits, and the fingerprint, content and sources show the rest.",
    ),
    "E703": Code(
        "a file does not say what its fingerprint says",
        "Do not rely on the file. The data inside, or a page, is not that of the edition it claims to be.",
    ),
    "E704": Code(
        "a passage that a file rests on is not in the text it names",
        "Do not rely on the file: the text is the very one it names, and the passage was never in it.",
    ),
    "W611": Code(
        "a passage stands elsewhere in the text at hand",
        "The sentence is the same. Make the card anew when you have looked at what was put before it.",
    ),
    "W612": Code("a passage is cited but has no gist", "Say in one line of your own what the sentence asserts."),
    "W613": Code(
        "a text at hand is not the one its card was made from, though every passage is exact",
        "Put the card's text back, or make the card anew: the paper prints the SHA-256 of the whole text.",
    ),
    "W614": Code(
        "a number of a claim that no gist of its passages says",
        "Correct the number, cite the passage that gives it, or say it in that passage's gist.",
    ),
    "W621": Code(
        "something is not as it was when it was last recorded",
        "If the change is meant, look at the paper and run `nkru-brief record`; if not, put it back.",
    ),
    "W622": Code(
        "a claim, one of its passages or the sign-off itself changed after it was signed off",
        "Check the claim against its passages again and sign it anew: `nkru-brief claim sign ID --who NAME`. "
        "If the change was not meant, put it back.",
    ),
    "W631": Code(
        "no claim rests on a sentence of a source, and its card does not say why",
        "Write a claim that rests on it, or say in the passage's `unused` why none does. The annex prints both ways "
        "what is covered.",
    ),
    "W632": Code(
        "a passage says why no claim rests on it, and one does",
        "Take its `unused` away, or the claim's passage.",
    ),
    "E831": Code(
        "a step of a sheet takes what the edition does not have",
        "A step of `sheet.drop` names a section of the edition, or a section with a `level` that it is written at. "
        "Steps are taken in order: what one has left out, a later one cannot.",
    ),
    "E832": Code(
        "a step of a sheet would lose a claim that the edition must carry",
        "No sheet of paper drops such a claim. Leave the section on it, or cite the claim in a section that stays.",
    ),
    "E833": Code(
        "an edition does not fit one sheet, however little of it is taken",
        "Shorten one of the parts named, let another section go (`sheet.drop`), or allow a second side or smaller "
        "print (`sheet.sides`, `sheet.print`). The old sheet stays.",
    ),
    "E834": Code(
        "the address of the online editions is not one",
        "Write a whole address that begins with https://, with {edition}, {fingerprint}, {series}, {number} or "
        "{version} where those differ; or take the key out, and no paper has a code that leads nowhere.",
    ),
    "E705": Code(
        "a file of a bundle is not as it was packed: changed, missing, added or swapped",
        "Get the bundle again from where it was published. A list of checksums shows accidents; only a signature shows "
        "who made the list.",
    ),
    "E706": Code(
        "the lists of a bundle cannot be read, or do not say the same",
        "Get the bundle again from where it was published: its checksums and its description are made together.",
    ),
    "E707": Code(
        "an archive is not unpacked, since it could do harm or is damaged",
        "Get it again from where it was published. No bundle has links, encrypted files, paths that lead elsewhere, "
        "two files of one path, or files much larger than the archive.",
    ),
    "E708": Code(
        "a PDF is not what it claims to be",
        "Do not rely on the claim: a program that saved the file anew may have dropped its tags, fonts or language.",
    ),
    "E709": Code(
        "the signature of a bundle is missing, is by another key, or does not fit",
        "Ask the publisher for their public key, by another way than the one the bundle came by.",
    ),
    "E851": Code(
        "an edition that is marked or embargoed was to be in a public bundle",
        "Take the marking or embargo away when it no longer holds, or bundle without --public.",
    ),
    "E852": Code(
        "an edition that is not for the public was named for a public bundle",
        "Do not name it: editions that say `public: false` are left out. Or bundle without --public.",
    ),
    "E853": Code(
        "a file of a bundle holds words of an article",
        "Say it in your own words. Nine words of an article in a row are not handed on.",
    ),
    "E801": Code(
        "an embargo is no day and no moment",
        "Write a day, or a day and a time with its offset from UTC: a time without one is another moment in each "
        "newsroom.",
    ),
    "E802": Code(
        "a page does not say its edition's marking or embargo",
        "Put the marking back into the theme's page: who holds one page of a paper is to see how it may be passed on.",
    ),
    "E803": Code(
        "a marking that does not fit the head of a page",
        "Write a few words on one line; what else is to be said of it belongs into a section.",
    ),
    "E804": Code(
        "a roster that cannot be read",
        "Save it as CSV in UTF-8, as a workbook (.xlsx) or as YAML, with a row for each copy under the names of its "
        "columns.",
    ),
    "E805": Code(
        "a column of a roster is missing, without a name or there twice",
        "Name each column once, in the first line; one of them is `name` or `organisation`, and every column that the "
        "paper shows is there.",
    ),
    "E806": Code(
        "a value of a roster that cannot be printed as it stands",
        "Write what is to be read on paper: what a formula comes to, and no characters that nobody sees.",
    ),
    "E807": Code(
        "a row of a roster that names nobody, or has another shape than the first line",
        "Give the row a name or an organisation, and as many cells as there are columns; or take it out.",
    ),
    "E808": Code(
        "the number of a copy is none, or is used twice",
        "Number every copy once, from 1; or take the column out, and copies are numbered in the roster's order.",
    ),
    "E809": Code(
        "no face has a glyph for a letter of a name",
        "Add a face that has it to the theme: under `faces` in its theme.yaml, with `fallback: true`.",
    ),
    "E810": Code(
        "a line of a copy is wider than its place",
        "Shorten the name or the organisation, or give the line more room in the theme.",
    ),
    "E811": Code(
        "a theme leaves no room for what differs from copy to copy",
        "Call `copy_line()` or `copy_field(COLUMN)` of macros.html in a template of the theme.",
    ),
    "E820": Code(
        "pages of several sizes cannot be imposed together",
        "Part the file by the sizes of its pages, and impose each part.",
    ),
}
