# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Talking to WeChat: the mini-program's API and WeChat Pay. Knows no Tryton model."""
from .errors import InvalidSignature, WeChatError, WeChatUnavailable
from .message import message_value
from .miniprogram import Login, MiniProgram
from .pay import Merchant, Notification, RefundResult, Transaction

__all__ = [
    'InvalidSignature', 'Login', 'Merchant', 'MiniProgram', 'Notification',
    'RefundResult', 'Transaction', 'WeChatError', 'WeChatUnavailable',
    'message_value']
