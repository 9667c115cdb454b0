# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Issued invoices by e-mail, with their files."""
import logging
from email.message import EmailMessage

from trytond import config
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval
from trytond.sendmail import send_message
from trytond.transaction import Transaction

from . import clock
from .configuration import SECTION
from .locking import lock
from .trainee import LANGUAGE

logger = logging.getLogger(__name__)


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    mailed_at = fields.DateTime("Sent by E-mail", readonly=True)
    mail_error = fields.Char(
        "E-mail not Sent", readonly=True,
        states={'invisible': ~Bool(Eval('mail_error'))})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['mail'] = {
            'invisible': ~Bool(Eval('mail_error')),
            'icon': 'tryton-email',
            'depends': ['mail_error'],
            }

    @classmethod
    def attach(cls, invoice, kind, data):
        file = super().attach(invoice, kind, data)
        if not invoice.mailed_at:
            cls.__queue__.mail([invoice])
        return file

    @classmethod
    @ModelView.button
    def mail(cls, invoices):
        """Send issued invoices to their buyers, each one once, with all its files.

        Nothing is sent where the configuration names no sender (mail_from). The
        invoice counts as sent before the mail server hears of it: a crash may lose
        a mail but never sends it twice, and the mini-program has the files anyway.
        """
        sender = config.get(SECTION, 'mail_from')
        for invoice in lock(invoices) if sender else []:
            if (invoice.mailed_at or invoice.state != 'issued'
                    or not invoice.email or not invoice.files):
                continue
            message = invoice._message(sender)
            cls.write([invoice], {'mailed_at': clock.now(), 'mail_error': None})
            Transaction().commit()
            try:
                send_message(message, strict=True)
            except Exception as error:
                # The address stands in the error of a mail server: only its kind is
                # logged.
                logger.error("Invoice %s by e-mail: %s", invoice.id, type(error))
                cls.write([invoice], {
                        'mailed_at': None, 'mail_error': type(error).__name__})
                Transaction().commit()

    def _message(self, sender):
        with Transaction().set_context(language=LANGUAGE):
            values = {
                'session': self.registration.session.name,
                'organizer': self.company.rec_name,
                'number': self.number,
                }
            message = EmailMessage()
            message['From'] = sender
            message['To'] = self.email
            message['Subject'] = gettext(
                'supervision_training.msg_invoice_mail_subject', **values)
            message.set_content(gettext(
                    'supervision_training.msg_invoice_mail', **values))
        for file in self.files:
            type_, _, subtype = file.mime_type.partition('/')
            message.add_attachment(
                bytes(file.data), maintype=type_, subtype=subtype,
                filename=file.file_name)
        return message
