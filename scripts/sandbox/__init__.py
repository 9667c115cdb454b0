# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A stand-in for WeChat on loopback: the mini-program's API, WeChat Pay v3 with real
cryptography, and the pages on which a person logs in and pays in a browser.

It is for demonstration and tests; the module itself knows nothing of it.
"""
from .app import Sandbox

__all__ = ['Sandbox']
