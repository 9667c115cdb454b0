# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The door of the mini-program: JSON-RPC 2.0, uploads, WeChat notifications."""
