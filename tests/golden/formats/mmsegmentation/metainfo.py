# Paste it into a class derived from BaseSegDataset. 255 in a mask counts for nothing,
# and reduce_zero_label stays False.
METAINFO = {
    "classes": (
        "road",
        "background",
        "Straße",
        "traffic light",
    ),
    "palette": [
        [128, 64, 128],
        [0, 0, 0],
        [250, 170, 30],
        [250, 170, 30],
    ],
}
