"""Where labels are kept between two runs of the program."""
