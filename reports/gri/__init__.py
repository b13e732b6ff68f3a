"""Pure part of the GRI content index: catalogue, spellings of codes, the index and its checks. No Django."""
