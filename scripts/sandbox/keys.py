# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The cryptography of WeChat Pay v3, from WeChat's side."""
import base64
import json
import re
import secrets
import time
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALGORITHM = 'WECHATPAY2-SHA256-RSA2048'
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')


def new_key():
    "Return a new RSA key as PEM text (PKCS#8)"
    return rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


def public_pem(private_pem):
    "Return the public key of a private one as PEM text"
    return _private(private_pem).public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@lru_cache
def _private(pem):
    return serialization.load_pem_private_key(pem.encode(), None)


def sign(private_pem, text):
    signature = _private(private_pem).sign(
        text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def verify(private_pem, text, signature):
    "Return whether a signature was made with a private key that we know"
    try:
        _private(private_pem).public_key().verify(
            base64.b64decode(signature), text.encode(), padding.PKCS1v15(),
            hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def parse_authorization(header):
    return dict(_AUTHORIZATION.findall(header or ''))


def signed_headers(private_pem, serial, body, timestamp=None):
    "Return the headers with which WeChat Pay signs a body"
    timestamp, nonce = str(timestamp or int(time.time())), secrets.token_hex(16)
    return {
        'Wechatpay-Serial': serial,
        'Wechatpay-Timestamp': timestamp,
        'Wechatpay-Nonce': nonce,
        'Wechatpay-Signature': sign(private_pem, f'{timestamp}\n{nonce}\n{body}\n'),
        'Wechatpay-Signature-Type': ALGORITHM,
        }


def encrypt(apiv3_key, resource):
    "Return the encrypted resource of a notification"
    nonce, associated = secrets.token_hex(6), 'transaction'
    data = AESGCM(apiv3_key.encode()).encrypt(
        nonce.encode(), json.dumps(resource).encode(), associated.encode())
    return {
        'algorithm': 'AEAD_AES_256_GCM',
        'ciphertext': base64.b64encode(data).decode(),
        'nonce': nonce,
        'associated_data': associated,
        'original_type': 'transaction',
        }
