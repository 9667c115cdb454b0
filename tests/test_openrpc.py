# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import json
from pathlib import Path

from demo_data.client import Client

CHECKED_IN = Path(__file__).parent.parent / 'miniprogram' / 'openrpc.json'


def test_the_clients_document_is_current(url):
    """Else: scripts/openrpc > miniprogram/openrpc.json, and the client's types."""
    document = Client(url)('rpc.discover')
    kept = json.loads(CHECKED_IN.read_text(encoding='utf-8'))
    assert kept['components'] == document['components']
    for methods in (kept['methods'], document['methods']):
        methods.sort(key=lambda method: method['name'])
    assert kept['methods'] == document['methods']
