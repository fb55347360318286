"""The verbs of segctl, one module each. Each takes a project and returns data to print."""
