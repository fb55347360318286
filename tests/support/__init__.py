"""The parts that tests are built from. No test is here."""
