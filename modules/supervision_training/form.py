# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The registration form (manual, step 2): one place that judges what is typed."""
import re
from functools import cached_property

from trytond.i18n import gettext
from trytond.pool import Pool

from . import clock
from .exceptions import (
    InvalidFields, NotAllowed, NotFound, RegistrationClosed, WrongState)
from .trainee import clean_contact

_VERIFICATION_CODE = re.compile(r'[0-9A-Z]{12,16}')
TEXTS = ['employer', 'certificate_address']
PROOFS = ['photo', 'education_proof', 'work_proof']


def _names(subjects):
    return '、'.join(s.name for s in subjects)


def check_privacy(trainee):
    """Check that a trainee has agreed to our keeping personal data.

    :raises NotAllowed: the present privacy notice has not been accepted.
    """
    if not trainee.privacy_accepted:
        raise NotAllowed(gettext('supervision_training.msg_privacy_first'))


def check_caller(trainee):
    """Check that a trainee may register at all.

    :raises NotAllowed: the privacy notice has not been accepted.
    :raises WrongState: the profile is not confirmed.
    """
    check_privacy(trainee)
    if not trainee.confirmed:
        raise WrongState(gettext('supervision_training.msg_profile_first'))


def session_of(values):
    """Return the session of a form.

    :raises NotFound: there is none.
    :raises RegistrationClosed: it does not take registrations now.
    """
    Session = Pool().get('training.session')
    sessions = Session.search([
            ('id', '=', values['session']), ('state', '!=', 'draft')])
    if not sessions:
        raise NotFound(gettext('supervision_training.msg_session_missing'))
    session, = sessions
    if not session.accepts_registrations:
        raise RegistrationClosed(gettext(
                f'supervision_training.msg_session_{session.status}',
                session=session.name,
                opens=f'{clock.local(session.opens_at):%Y-%m-%d %H:%M}'))
    return session


class Form:
    """A filled-in registration form, judged against the rules of its session.

    :param trainee: who fills it in.
    :param session: the session it is for.
    :param values: the wire's RegistrationForm as a dict: references are ids,
        documents their opaque names.
    """

    def __init__(self, trainee, session, values):
        self.trainee = trainee
        self.session = session
        self.given = values
        self.errors = {}

    def clean(self):
        """Return the values of the registration's fields.

        :raises InvalidFields: with the message of each field that is wrong.
        """
        given = self.given
        values = {
            'session': self.session,
            'session_region': self._session_region(),
            'education': self._choice('education'),
            'major': self._choice('major'),
            'photo': self._document('photo'),
            'education_proof': self._document('education_proof'),
            'work_years': given['work_years'],
            'work_proof': self._work_proof(),
            'exam_type': given['exam_type'],
            'industry': self._industry(),
            'subjects': self._subjects(),
            **self._texts(),
            **self._education_code(),
            **self._contact(),
            **self._invoice(),
            }
        values['amount'] = self._amount(values['subjects'])
        if self.errors:
            raise InvalidFields(self.errors)
        return values

    def _refuse(self, field, message, **variables):
        self.errors[field] = gettext(f'supervision_training.{message}', **variables)

    def _session_region(self):
        for session_region in self.session.regions:
            if session_region.region.id == self.given['region']:
                return session_region
        self._refuse('region', 'msg_region_missing')

    def _choice(self, field):
        Model = Pool().get(f'training.{field}')
        choices = Model.search([('id', '=', self.given[field])])
        if not choices:
            self._refuse(field, 'msg_choice_missing')
        return choices[0] if choices else None

    @cached_property
    def _documents(self):
        Document = Pool().get('training.document')
        return {
            (d.kind, d.name): d for d in Document.search([
                    ('trainee', '=', self.trainee.id),
                    ('name', 'in', [self.given.get(kind) for kind in PROOFS])])}

    def _document(self, kind):
        document = self._documents.get((kind, self.given[kind]))
        if not document:
            self._refuse(kind, 'msg_file_missing')
        return document

    def _work_proof(self):
        if self.given.get('work_proof'):
            return self._document('work_proof')
        if self.session.needs_work_proof(self.given['work_years']):
            self._refuse('work_proof', 'msg_work_proof_missing')

    def _industry(self):
        industry = self.given['industry']
        if self.session.industry not in {None, industry}:
            self._refuse('industry', 'msg_industry_session')
        return industry

    def _subjects(self):
        session, industry = self.session, self.given['industry']
        wanted = set(self.given['subjects'])
        subjects = [s for s in session.subjects if s.id in wanted]
        if not wanted or len(subjects) < len(wanted):
            self._refuse('subjects', 'msg_subjects_missing')
            return subjects
        passes = self.trainee.passes(session, industry)
        left = [s for s in session.subjects if s not in passes]
        if twice := [passes[s] for s in subjects if s in passes]:
            self._refuse(
                'subjects',
                'msg_subjects_passed' if left else 'msg_subjects_all_passed',
                passes='；'.join(r.pass_text for r in twice), left=_names(left))
        elif self.given['exam_type'] == 'normal':
            if len(subjects) < len(session.subjects):
                self._refuse('subjects', 'msg_subjects_all')
        elif not session.retake_elsewhere and (
                first := set(subjects) - self.trainee.examined(industry)):
            self._refuse('exam_type', 'msg_retake_first', subjects=_names(
                    s for s in subjects if s in first))
        return subjects

    def _texts(self):
        values = {}
        for field in TEXTS:
            values[field] = (self.given[field] or '').strip()
            if not values[field]:
                self._refuse(field, f'msg_{field}_missing')
        same = self.given['textbook_same_address']
        address = (self.given.get('textbook_address') or '').strip()
        if not same and not address:
            self._refuse('textbook_address', 'msg_textbook_address_missing')
        values['textbook_same_address'] = same
        values['textbook_address'] = None if same else address
        return values

    def _education_code(self):
        code = re.sub(r'\s', '', self.given.get('education_code') or '').upper()
        until = self.given.get('education_valid_until')
        if code and not _VERIFICATION_CODE.fullmatch(code):
            self._refuse('education_code', 'msg_education_code')
        if until and until < clock.today():
            self._refuse('education_valid_until', 'msg_education_expired')
        return {'education_code': code or None, 'education_valid_until': until}

    def _contact(self):
        values = {'mobile': self.given['mobile']}
        if not (self.given['mobile'] or '').strip():
            self._refuse('mobile', 'msg_mobile')
        self.errors.update(clean_contact(values))
        return values

    def _invoice(self):
        wish = self.given.get('invoice')
        if not wish:
            return dict.fromkeys(['invoice_kind', 'invoice_title', 'invoice_email'])
        Setting = Pool().get('training.invoice.setting')
        setting = Setting.of(self.session.company, self.given['industry'])
        values, errors = setting.clean_wish(self.trainee, wish)
        self.errors.update({f'invoice.{name}': e for name, e in errors.items()})
        return values

    def _amount(self, subjects):
        amount = self.session.fee(self.given['exam_type'], subjects)
        if amount is None and 'subjects' not in self.errors:
            self._refuse('exam_type', 'msg_fee_missing')
        return amount
