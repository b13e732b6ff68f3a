"""Issue library, assessment cycles, scoring: the ground of Yiti, and its project package."""

import os

__version__ = "0.1.0"

# Read by numpy when it is first imported, anywhere. The matrices of a run are small: threads of OpenBLAS spin for one
# another and double its time. Workers and web processes are many already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
