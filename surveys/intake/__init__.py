"""Pure reading and checking of files of responses. No Django."""
