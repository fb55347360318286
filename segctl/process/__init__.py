"""The program beside other programs: where its text goes, and how long it waits for what others use."""
