# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Many people at once, put into the database without uploading for each."""
import dataclasses
import secrets

from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from trytond.modules.supervision_training import clock
from trytond.modules.supervision_training.form import PROOFS

from .people import person
from .portrait import encoded, portrait

FACES = 20  # the portraits take turns
SOME = 50  # in a statement: SQLite takes no very long ones


def gather(name, count, first=10_000):
    """Return people ready to submit: each a token and the names of the documents.

    :param name: of the database.
    :param first: the seed of the first person.
    """
    with Transaction().start(name, 0) as transaction:
        pool = Pool(name)
        Token = pool.get('training.trainee.token')
        trainees = _trainees(pool, [person(first + n) for n in range(count)])
        version = pool.get('training.configuration')(1).privacy_version
        pool.get('training.trainee.consent').create([{
                    'trainee': t.id, 'version': version, 'accepted_at': clock.now(),
                    } for t in trainees])
        documents = pool.get('training.document').create([{
                    'name': secrets.token_urlsafe(24), 'trainee': t.id, 'kind': kind,
                    'data': b'x', 'mime_type': 'image/jpeg',
                    'uploaded_at': clock.now(),
                    } for t in trainees for kind in PROOFS])
        people = [
            (Token.issue(t)[0], {
                    d.kind: d.name for d in documents[3 * n:3 * n + 3]})
            for n, t in enumerate(trainees)]
        transaction.commit()
    return people


def form(client, session):
    """Return a form for a session, without documents.

    :param client: a client.Client.
    :param session: the id of a session.
    """
    shown, options = client('session.get', id=session), client('catalog.options')
    return {
        'session': session, 'region': shown['regions'][0]['id'],
        'mobile': '13812345678', 'education': options['educations'][0]['value'],
        'work_years': 'one_or_more', 'major': options['majors'][0]['value'],
        'subjects': [s['value'] for s in shown['subjects']],
        'exam_type': 'normal', 'industry': 'highway', 'employer': '某监理公司',
        'certificate_address': '人民路1号'}


def pay(name, session, count, first=100_000, names=()):
    """Let people have paid for a session, and give them seats.

    :param name: of the database.
    :param session: the id of a session; its regions are filled in turns.
    :param first: the seed of the first person.
    :param names: of the first people, instead of those they have.
    """
    with Transaction().start(name, 0, context={'language': 'zh_CN'}) as transaction:
        pool = Pool()
        Registration = pool.get('training.registration')
        session = pool.get('training.session')(session)
        people = [person(first + n) for n in range(count)]
        people[:len(names)] = [
            dataclasses.replace(p, name=n)
            for p, n in zip(people, names, strict=False)]
        trainees = _trainees(pool, people)
        photos = _photos(pool, people, trainees)
        education, = pool.get('training.education').search([], limit=1)
        major, = pool.get('training.major').search([], limit=1)
        values = [{
                'number': f'{first + n:012}', 'client_ref': str(n),
                'trainee': trainee.id, 'company': session.company.id,
                'session': session.id,
                'session_region': session.regions[n % len(session.regions)].id,
                'submitted_at': clock.now(), 'mobile': p.mobile,
                'education': education.id, 'education_proof': photo.id,
                'work_years': 'less_than_one', 'major': major.id,
                'subjects': [('add', [s.id for s in session.subjects])],
                'exam_type': 'normal', 'photo': photo.id, 'industry': 'highway',
                'employer': p.employer, 'certificate_address': p.address,
                'amount': 0, 'state': 'paid',
                } for n, (p, trainee, photo) in enumerate(
                zip(people, trainees, photos, strict=True))]
        for some in grouped_slice(values, SOME):
            Registration.create(list(some))
        for place in session.regions:
            place.taken = Registration.search(
                [('session_region', '=', place.id)], count=True)
            place.save()
        Registration.allocate(session.to_seat())
        transaction.commit()


def _trainees(pool, people):
    return pool.get('training.trainee').create([{
                'openid': p.openid, 'name': p.name, 'sex': p.sex,
                'id_number': p.id_number, 'mobile': p.mobile,
                'employer': p.employer, 'confirmed_at': clock.now(),
                } for p in people])


def _photos(pool, people, trainees):
    faces = {}
    for p in people:
        key = p.sex, p.seed % FACES
        if key not in faces:
            faces[key] = encoded(portrait(p.seed, p.sex))
    return pool.get('training.document').create([{
                'name': f'crowd-{trainee.id}', 'trainee': trainee.id, 'kind': 'photo',
                'data': faces[p.sex, p.seed % FACES], 'mime_type': 'image/jpeg',
                'width': 658, 'height': 926, 'digest': p.openid,
                'uploaded_at': clock.now(),
                } for p, trainee in zip(people, trainees, strict=True)])
