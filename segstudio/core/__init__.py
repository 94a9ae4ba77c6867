"""Arrays, classes, label maps, patches and history: the values everything else is made of."""
