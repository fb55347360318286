"""What tests are built from. No test stands here."""
