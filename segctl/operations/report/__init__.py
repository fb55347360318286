"""Read one finished run and those before it into a `Report`."""
