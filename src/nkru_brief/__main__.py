"""`python -m nkru_brief`: the same as the command `nkru-brief`."""

import sys

from nkru_brief.cli import main

sys.exit(main())
