# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta

TASKS = [
    ('training.registration|expire_unpaid', "Expire Unpaid Registrations"),
    ('training.registration|fill_seats', "Fill Free Seats from Waiting Lists"),
    ('training.payment|query_open', "Ask WeChat for Open Orders"),
    ('training.refund|query_processing', "Ask WeChat for Refunds"),
    ('training.bill|fetch_recent', "Fetch WeChat's Bills"),
    ('training.notification|send_queued', "Send Queued Messages by WeChat"),
    ('training.session|close_and_finish', "Close and Finish Sessions"),
    ('training.session|settle_cancelled', "Settle Cancelled Sessions"),
    ('training.registration|seat_late', "Seat Who Paid Late"),
    ('training.print_job|resume', "Go on with Interrupted Papers"),
    ('training.print_job|clean', "Delete Expired Papers"),
    ('training.document|clean', "Delete Unused Uploads"),
    ('training.trainee.token|clean', "Delete Expired Logins"),
    ]


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.extend(TASKS)


class _OfResource:
    "Export of what hangs on a record only to who may read the record"
    __slots__ = ()

    @classmethod
    def export_data(cls, records, *args, **kwargs):
        cls.read([r.id for r in records], ['id'])
        return super().export_data(records, *args, **kwargs)


class Attachment(_OfResource, metaclass=PoolMeta):
    __name__ = 'ir.attachment'


class Note(_OfResource, metaclass=PoolMeta):
    __name__ = 'ir.note'
