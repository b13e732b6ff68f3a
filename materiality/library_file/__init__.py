"""Pure parts of reading the library file: titles to catalogue codes."""
