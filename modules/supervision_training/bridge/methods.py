# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""All the methods of the bridge: importing them registers them."""
from . import (
    auth, catalog, invoice, invoice_title, message, payment, profile, registration,
    session)

__all__ = [
    auth, catalog, invoice, invoice_title, message, payment, profile, registration,
    session]
