"""The tags of a PDF: what a screen reader says of a paper, written anew from the document itself.

The page engine's own tags cannot be read aloud as they are: notes belong to no call, what is broken over a page is
two, links say addresses, heads of spanning columns head nothing (the list is long). So they are not repaired one by
one: the engine's function that writes them is replaced. `pieces` finds what was drawn of each element, `tree` makes
the structure by rules, a module for each family of them (`flow`, `lists`, `tables`, `links`, `notes`, `figures`,
`words`), and `write` puts it into the file. `audit` then reads the file back, and says what a listener would miss.

Each rule names its clause: ISO 14289-1:2014 (PDF/UA-1), ISO 32000-1:2008 (PDF 1.7), the Matterhorn Protocol 1.1.
Written for the version of the engine that `nkru_brief.repairs` names: all of this stands on its private parts.
"""
