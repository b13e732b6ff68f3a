"""Steps of the cycle that this app adds."""
