# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""People, pictures and units that look real and are invented: for the demonstration,
the tests and the benchmark."""
