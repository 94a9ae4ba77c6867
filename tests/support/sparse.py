"""Arrays that know how much of them was ever looked at or written."""

import mmap
import os
from math import prod

import numpy as np


class Sparse:
    """An array of zeros in memory that comes into being page by page, where it is touched.

    It counts for every library and for reading too, because the system itself keeps the books.
    """

    def __init__(self, *shape: int) -> None:
        self._file = os.memfd_create("sparse")
        os.ftruncate(self._file, prod(shape))
        self.array = np.frombuffer(mmap.mmap(self._file, prod(shape)), np.uint8).reshape(shape)

    def __del__(self) -> None:
        os.close(self._file)

    @property
    def touched_bytes(self) -> int:
        """Bytes of the pages that were read or written so far."""
        return os.fstat(self._file).st_blocks * 512
