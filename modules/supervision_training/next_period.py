# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.pyson import Eval
from trytond.wizard import Button, StateAction, StateView, Wizard

DATES = ['opens_at', 'closes_at', 'exam_date', 'refund_until']
DATES_OF_REGION = ['starts_on', 'ends_on', 'exam_starts_at']


class NextPeriodStart(ModelView):
    __name__ = 'training.session.next_period.start'

    name = fields.Char("Name", required=True)
    last_exam_date = fields.Date("Exam Date of the Last Period", readonly=True)
    exam_date = fields.Date(
        "Exam Date", required=True,
        domain=[('exam_date', '>', Eval('last_exam_date', None))],
        help="All the other dates move by as many days.")


class NextPeriod(Wizard):
    "Plan the next period of a session, moving every date by as many days"
    __name__ = 'training.session.next_period'

    start = StateView(
        'training.session.next_period.start',
        'supervision_training.session_next_period_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Plan", 'plan', 'tryton-ok', default=True),
            ])
    plan = StateAction('supervision_training.act_session')

    def default_start(self, fields):
        return {
            'name': self.record.name,
            'last_exam_date': self.record.exam_date,
            }

    def do_plan(self, action):
        last = self.record
        days = self.start.exam_date - last.exam_date
        session, = self.model.copy([last], default={
                'name': self.start.name,
                **_moved(last, DATES, days),
                })
        for old, new in zip(last.regions, session.regions, strict=True):
            type(new).write([new], _moved(old, DATES_OF_REGION, days))
        for rate in reversed(session.refund_rates):
            type(rate).write([rate], _moved(rate, ['until'], days))
        action['views'] = [v for v in action['views'] if v[1] == 'form']
        return action, {'res_id': session.id}


def _moved(record, names, days):
    return {
        n: getattr(record, n) and getattr(record, n) + days for n in names}
