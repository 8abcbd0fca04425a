"""Groups of commands that have a module each; `cli` puts them under its roof."""
