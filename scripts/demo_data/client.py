# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the mini-program does on the wire, for demonstration and tests."""
import datetime as dt
import secrets

import requests

from trytond.modules.supervision_training import clock

from .portrait import certificate, encoded, portrait


class WireError(Exception):
    """An error that the bridge answered: code, message, data."""

    def __init__(self, error):
        super().__init__(f"{error['code']} {error['message']} {error.get('data')}")
        self.code = error['code']
        self.message = error['message']
        self.fields = error.get('data', {}).get('fields', {})


class Client:
    """A mini-program on somebody's phone.

    :param url: where the bridge is, up to and with /<database>/training.
    """

    def __init__(self, url):
        self.url = url
        self.token = None
        self._http = requests.Session()

    @property
    def headers(self):
        return {'Authorization': f'Bearer {self.token}'} if self.token else {}

    def __call__(self, method, **params):
        """Return the result of a method.

        :raises WireError: the bridge answered with an error.
        """
        answer = self._http.post(f'{self.url}/rpc', json={
                'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params,
                }, headers=self.headers, timeout=60).json()
        if 'error' in answer:
            raise WireError(answer['error'])
        return answer['result']

    def upload(self, kind, data, name='upload.jpg'):
        """Return what the bridge tells of an uploaded file.

        :raises WireError: the bridge refused it.
        """
        answer = self._http.post(
            f'{self.url}/upload', data={'kind': kind}, files={'file': (name, data)},
            headers=self.headers, timeout=60).json()
        if 'error' in answer:
            raise WireError(answer['error'])
        return answer

    def login(self, code):
        self.token = self('auth.login', code=code)['token']
        return self

    def confirm(self, person):
        "Accept the privacy notice and save the profile of a person"
        self('privacy.accept', version=self('privacy.get')['version'])
        return self(
            'profile.save', name=person.name, sex=person.sex,
            id_number=person.id_number, mobile=person.mobile, email=person.email,
            address=person.address, employer=person.employer)

    def form(self, person, session, **changes):
        """Return a form filled in by a person for a session, with uploads.

        :param session: as session.get returns it.
        """
        options = self('catalog.options')
        photo = self.upload('photo', encoded(portrait(person.seed, person.sex)))
        education = self.upload(
            'education_proof', encoded(certificate(person.seed)))
        work = self.upload('work_proof', encoded(certificate(-person.seed - 1)))
        pick = person.seed.__mod__
        return {
            'session': session['id'],
            'region': session['regions'][pick(len(session['regions']))]['id'],
            'mobile': person.mobile,
            'education':
                options['educations'][pick(len(options['educations']))]['value'],
            'education_proof': education['file'],
            'education_code': f'{person.seed:012}',
            'education_valid_until':
                (clock.today() + dt.timedelta(120)).isoformat(),
            'work_years': 'one_or_more',
            'work_proof': work['file'],
            'major': options['majors'][pick(len(options['majors']))]['value'],
            'subjects': [s['value'] for s in session['subjects']],
            'exam_type': 'normal',
            'photo': photo['file'],
            'industry': session['industry'] or 'highway',
            'employer': person.employer,
            'certificate_address': person.address,
            'textbook_same_address': True,
            } | changes

    def register(self, person, session, **changes):
        "Submit a form for a session and return the registration"
        form = self.form(person, self('session.get', id=session), **changes)
        return self(
            'registration.submit', client_ref=secrets.token_hex(8), **form)
