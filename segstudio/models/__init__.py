"""Networks, their files and the catalogue of the models that come with the program."""
