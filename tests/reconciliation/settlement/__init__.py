"""Settlement files, as a shell, a client of the API and a person at the console meet them."""
