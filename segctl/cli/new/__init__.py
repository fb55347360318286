"""`segctl new`: questions on a terminal."""
