# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Online registration for supervision training (监理业务培训), a Tryton module."""
from .bridge import routes

__all__ = [routes]
