# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an earlier exam is worth: which passes count, and who may retake."""
from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta

from .result import EXAMINED


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    pass_years = fields.Integer(
        "Earlier Passes Count (Years)",
        domain=['OR', ('pass_years', '=', None), ('pass_years', '>', 0)],
        help="A subject that was passed more than so many years before this exam "
        "has to be taken again. Leave empty for no limit.")
    retake_elsewhere = fields.Boolean(
        "Retakes Without Result",
        help="Also lets those retake a subject whose earlier exam is not in this "
        "system.")

    @staticmethod
    def default_retake_elsewhere():
        return True

    @property
    def passes_since(self):
        "Return the first exam date whose passes count here, None without a limit"
        if self.pass_years:
            return self.exam_date - relativedelta(years=self.pass_years)


class Result(metaclass=PoolMeta):
    __name__ = 'training.registration-training.subject'

    @property
    def pass_text(self):
        "Return which exam was passed"
        session = self.registration.session
        return gettext(
            'supervision_training.msg_pass', subject=self.subject.rec_name,
            session=session.name, date=session.exam_date.isoformat())


class Trainee(metaclass=PoolMeta):
    __name__ = 'training.trainee'

    def passes(self, session, industry):
        """Return the published passes that count in a session, by subject.

        :param industry: that of the passes.
        """
        domain = [('result', '=', 'passed')]
        if since := session.passes_since:
            domain.append(('registration.session.exam_date', '>=', since))
        return {r.subject: r for r in self._results(industry, domain)}

    def examined(self, industry):
        "Return the subjects of which there are published results"
        return {r.subject for r in self._results(industry, [])}

    def _results(self, industry, domain):
        Result = Pool().get('training.registration-training.subject')
        return Result.search([
                ('registration.trainee', '=', self.id),
                ('registration.industry', '=', industry),
                ('registration.state', 'in', EXAMINED),
                ('registration.session.results_published', '!=', None),
                *domain],
            order=[('registration.session.exam_date', 'ASC')])
