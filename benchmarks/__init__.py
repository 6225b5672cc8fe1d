"""How fast this project is, beside the peers' own code and the machine's limits: see README.md here."""
