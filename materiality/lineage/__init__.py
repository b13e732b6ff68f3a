"""How issues descend from earlier editions, and how two editions differ: plain values, no database."""
