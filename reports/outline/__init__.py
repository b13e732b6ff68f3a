"""Pure part of the report outline: the file format `outline` read and written. No Django."""
