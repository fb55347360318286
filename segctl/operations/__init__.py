"""What segctl does, one module a verb; each takes a project and gives back data to print."""
